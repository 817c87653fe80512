// Package proof holds no code, only the outside proof: tests that start the
// program as a user would, serve media sets with it, and judge what comes over
// HTTP with the reader of package verify, ffmpeg and GStreamer. It knows nothing
// of the packager.
//
//	main_test.go       media sets, the program, one server for all tests
//	origin_test.go     a running `manifold serve`
//	source_test.go     what the source files hold, as ffprobe sees it
//	delivery_test.go   everything that one manifest leads to, fetched once
//	packets_test.go    every packet of the source arrives, where its edit lists put it
//	manifest_test.go   manifests agree with segments
//	ffmpeg_test.go     what ffmpeg gets, from the beginning and from the middle
//	codecs_test.go     sets of other codecs than H.264 and AAC
//	protect_test.go    what is encrypted, decrypted by ffmpeg
//	token_test.go      keys that are given for tokens alone
//	gstreamer_test.go  GStreamer plays to the end and after a seek
//	urls_test.go       every shape of URL, and every refusal
//	http_test.go       HTTP: versions, ranges, compression, hosts, stopping
//	broken_test.go     broken sets, exit codes, commands
//	soak_test.go       memory under load
package proof
