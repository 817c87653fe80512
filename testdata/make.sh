#!/usr/bin/env bash
# Makes the media sets that the tests serve, into .made beside this file:
#
#   .made/good/NAME     sets that must be served whole, one folder an asset
#   .made/codecs/NAME   sets of other codecs than H.264 and AAC-LC
#   .made/broken/NAME   sets that must be refused or served in part, in words
#
# Short pictures of a running clock, so that a set is made in seconds and every
# packet differs from its neighbours. Runs once: a stamp holds the scripts and
# the version of ffmpeg. Needs ffmpeg with libx264, libx265, libsvtav1, libopus and
# libmp3lame, and flock.
set -euo pipefail
cd "$(dirname "$0")"
. ./ism.sh

mkdir -p .made
exec 9>.made/lock
flock 9
stamp=$(cat make.sh ism.sh <(ffmpeg -version | head -1) | sha256sum)
if [[ -f .made/stamp && $(cat .made/stamp) == "$stamp" ]]; then
	exit 0
fi
rm -rf .made/good .made/codecs .made/broken .made/stamp
mkdir -p .made/good .made/codecs .made/broken

ntsc=30000/1001
exact=(-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1)
ff() { ffmpeg -nostdin -v error -y "$@"; }

# Inputs: a test picture with a clock, and a tone that beeps on every second.
# The tone rises, so that no two packets of it are equal.
picture() { printf '%s' "testsrc2=s=$1:r=$2:d=$3"; }
tone() { printf '%s' "aevalsrc='0.2*sin(2*PI*($1+20*t)*t)+0.4*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=$2:d=$3"; }

# h264 FRAMES-A-GOP B-FRAMES [PROFILE]: closed GOPs of one length, one thread for
# the same bytes everywhere.
h264() {
	printf '%s\n' -c:v libx264 -preset veryfast -threads 1 -pix_fmt yuv420p -profile:v "${3:-main}" -crf 30 -bf "$2" \
		-g "$1" -keyint_min "$1" -sc_threshold 0 -flags:v +bitexact+cgop -x264-params threads=1
}
aac() { printf '%s\n' -c:a aac -b:a "${1:-64k}"; }

# both DIR EXTRA...: one file a.mp4 of 8 s of 25 fps video in 2 s GOPs and sound.
both() {
	local dir=$1
	shift
	mkdir -p "$dir"
	ff -f lavfi -i "$(picture 320x180 25 8)" -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" \
		$(h264 50 2) $(aac) -metadata:s:a:0 language=eng "$@"
}

# ladder: 23.36 s at 30000/1001 with a short last GOP. The edit lists differ:
# B-frames with one, B-frames with negative offsets instead, none at all. The
# English sound lies in the largest file, the French one in a file of its own.
ladder() {
	local dir=.made/good/ladder seconds=23.3566
	mkdir -p "$dir"
	ff -f lavfi -i "$(picture 1280x720 $ntsc $seconds)" -f lavfi -i "$(tone 300 48000 $seconds)" "${exact[@]}" \
		$(h264 60 2 high) $(aac 96k) -metadata:s:a:0 language=eng -movflags +faststart "$dir/ladder_1280x720.mp4"
	ff -f lavfi -i "$(picture 960x540 $ntsc $seconds)" "${exact[@]}" $(h264 60 3) -movflags +negative_cts_offsets "$dir/ladder_960x540.mp4"
	ff -f lavfi -i "$(picture 640x360 $ntsc $seconds)" "${exact[@]}" $(h264 60 0) "$dir/ladder_640x360.mp4"
	ff -f lavfi -i "$(picture 480x270 $ntsc $seconds)" "${exact[@]}" $(h264 60 1) -video_track_timescale 90000 "$dir/ladder_480x270.mp4"
	ff -f lavfi -i "$(picture 320x180 $ntsc $seconds)" "${exact[@]}" $(h264 60 0 baseline) -video_track_timescale 30000 "$dir/ladder_320x180.mp4"
	ff -f lavfi -i "$(tone 440 48000 $seconds)" "${exact[@]}" $(aac) -metadata:s:a:0 language=fra "$dir/ladder_fra.mp4"
	{
		ism_begin ladder
		ism_track audio "$dir/ladder_1280x720.mp4" a:0 aac_eng_2 eng
		ism_track audio "$dir/ladder_fra.mp4" a:0 aac_fra_2 fra
		local size
		for size in 1280x720 960x540 640x360 480x270 320x180; do
			ism_track video "$dir/ladder_$size.mp4" v:0 video
		done
		ism_end
	} >"$dir/ladder.ism"

	# The same files where only the folder says that they belong together.
	mkdir .made/good/folder
	ln "$dir"/*.mp4 .made/good/folder/
}

# muxed: the hand-made form of the server manifest, and sound in every rendition.
muxed() {
	local dir=.made/good/muxed
	mkdir -p "$dir"
	ff -f lavfi -i "$(tone 350 48000 10)" "${exact[@]}" $(aac) -metadata:s:a:0 language=deu "$dir/sound.m4a"
	local size
	for size in 640x360 320x180; do
		ff -f lavfi -i "$(picture $size 25 10)" -i "$dir/sound.m4a" "${exact[@]}" $(h264 50 2) -c:a copy "$dir/muxed_$size.mp4"
	done
	rm "$dir/sound.m4a"
	cat >"$dir/muxed.ism" <<-'XML'
		<?xml version="1.0" encoding="utf-8"?>
		<smil xmlns="http://www.w3.org/2001/SMIL20/Language">
		  <head><meta name="formats" content="mp4" /></head>
		  <body><switch>
		    <video src="muxed_640x360.mp4"/>
		    <video src="muxed_320x180.mp4"/>
		    <audio src="muxed_640x360.mp4" title="German"/>
		  </switch></body>
		</smil>
	XML
}

# Files as other tools write them.
variants() {
	local good=.made/good
	both $good/avc3 -tag:v avc3 -bsf:v dump_extra=freq=keyframe $good/avc3/a.mp4
	both $good/moov-last $good/moov-last/a.mp4
	both $good/mov -f mov -movflags +faststart $good/mov/a.mov
	both $good/delimiters -bsf:v h264_metadata=aud=insert $good/delimiters/a.mp4
	mkdir -p $good/mono $good/film $good/fast $good/slow
	ff -f lavfi -i "$(picture 320x180 25 8)" -f lavfi -i "$(tone 300 44100 8)" "${exact[@]}" $(h264 50 2) $(aac 48k) -ac 1 $good/mono/a.mp4
	ff -f lavfi -i "$(picture 320x180 24000/1001 10)" -f lavfi -i "$(tone 300 48000 10)" "${exact[@]}" $(h264 48 2) $(aac) $good/film/a.mp4
	ff -f lavfi -i "$(picture 320x180 60000/1001 8)" -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" $(h264 120 2) $(aac) $good/fast/a.mp4
	# GOPs of 4 and of 6 s: two fragments a TS segment, and one.
	ff -f lavfi -i "$(picture 320x180 15 24)" -f lavfi -i "$(tone 300 32000 24)" "${exact[@]}" $(h264 60 0) $(aac) $good/slow/a.mp4
	mkdir -p $good/long-gop
	ff -f lavfi -i "$(picture 320x180 25 20)" -f lavfi -i "$(tone 300 48000 20)" "${exact[@]}" $(h264 150 2) $(aac) $good/long-gop/a.mp4
}

# fragmented: the containers that are cut into fragments. The sound of the
# Smooth Streaming set begins at 0, and its pictures are decoded in order:
# ffprobe does not read where tfxd says that a track begins.
fragmented() {
	local good=.made/good size
	both $good/fragments -movflags +frag_keyframe+delay_moov+default_base_moof $good/fragments/a.mp4
	both $good/separate -movflags +frag_keyframe+delay_moov+separate_moof $good/separate/a.mp4
	mkdir -p $good/smooth
	ff -f lavfi -i "$(tone 300 48000 10)" "${exact[@]}" $(aac) -metadata:s:a:0 language=eng $good/smooth/sound.m4a
	for size in 640x360 320x180; do
		ff -f lavfi -i "$(picture $size $ntsc 10)" -ignore_editlist 1 -i $good/smooth/sound.m4a "${exact[@]}" $(h264 60 0) -c:a copy \
			-movflags +frag_keyframe $good/smooth/smooth_$size.ismv
	done
	rm $good/smooth/sound.m4a
	cat >$good/smooth/smooth.ism <<-'XML'
		<?xml version="1.0" encoding="utf-8"?>
		<smil xmlns="http://www.w3.org/2001/SMIL20/Language">
		  <head><meta name="formats" content="fmp4" /></head>
		  <body><switch>
		    <video src="smooth_640x360.ismv" systemBitrate="900000"><param name="trackID" value="1" valuetype="data" /></video>
		    <video src="smooth_320x180.ismv" systemBitrate="400000"><param name="trackID" value="1" valuetype="data" /></video>
		    <audio src="smooth_640x360.ismv" systemBitrate="64000" systemLanguage="eng"><param name="trackID" value="2" valuetype="data" /></audio>
		  </switch></body>
		</smil>
	XML
}

# Edit lists that move a track: sound 0.5 s late (an empty edit), sound that
# begins inside its first second (a media time), the same where a frame begins
# 6 ms before 0, picture 0.3 s late.
edits() {
	local good=.made/good
	mkdir -p $good/late-sound $good/early-sound $good/moved-sound $good/late-picture
	both .made/good/late-sound .made/good/late-sound/whole.mp4
	ff -i $good/late-sound/whole.mp4 -itsoffset 0.5 -i $good/late-sound/whole.mp4 "${exact[@]}" -map 0:v -map 1:a -c copy $good/late-sound/a.mp4
	ff -i $good/late-sound/whole.mp4 -itsoffset -0.7 -i $good/late-sound/whole.mp4 "${exact[@]}" -map 0:v -map 1:a -c copy $good/early-sound/a.mp4
	ff -i $good/late-sound/whole.mp4 -itsoffset -0.71 -i $good/late-sound/whole.mp4 "${exact[@]}" -map 0:v -map 1:a -c copy $good/moved-sound/a.mp4
	ff -itsoffset 0.3 -i $good/late-sound/whole.mp4 -i $good/late-sound/whole.mp4 "${exact[@]}" -map 0:v -map 1:a -c copy $good/late-picture/a.mp4
	rm $good/late-sound/whole.mp4
}

# clocks: pictures that last unequally long, time scales that are large or fit
# nothing, and times beyond 32 bits (14 hours at 90 kHz), as a recorder that runs
# since yesterday writes them.
clocks() {
	local good=.made/good
	mkdir -p $good/variable
	ff -f lavfi -i "$(picture 320x180 25 8)" -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" -vf "select='not(eq(mod(n,5),3))'" -fps_mode vfr \
		$(h264 40 2) $(aac) $good/variable/a.mp4
	both $good/ninety -video_track_timescale 90000 $good/ninety/a.mp4
	both $good/odd -video_track_timescale 12799 $good/odd/a.mp4
	mkdir -p $good/beyond # the muxer for files would begin at 0
	ff -f lavfi -i "$(picture 320x180 25 8)" -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" $(h264 50 2) $(aac) -output_ts_offset 50000 \
		-f hls -hls_segment_type fmp4 -hls_time 2 -hls_list_size 0 -hls_segment_options movflags=+frag_discont:video_track_timescale=90000 \
		-hls_segment_filename "$good/beyond/%d.m4s" $good/beyond/list.m3u8
	cat $good/beyond/init.mp4 $good/beyond/{0,1,2,3}.m4s >$good/beyond/a.mp4
	rm $good/beyond/{init.mp4,list.m3u8,?.m4s}
}

# misaligned: GOPs of 2 s and of 1.6 s, which meet every 8 s.
misaligned() {
	local dir=.made/good/misaligned
	mkdir -p "$dir"
	ff -f lavfi -i "$(picture 640x360 25 24)" -f lavfi -i "$(tone 300 48000 24)" "${exact[@]}" $(h264 50 2) $(aac) "$dir/misaligned_640x360.mp4"
	ff -f lavfi -i "$(picture 320x180 25 24)" "${exact[@]}" $(h264 40 2) "$dir/misaligned_320x180.mp4"
}

# minute: long enough that no player has all of it before it begins to play.
minute() {
	local dir=.made/good/minute
	mkdir -p "$dir"
	ff -f lavfi -i "$(picture 320x180 25 60)" -f lavfi -i "$(tone 300 48000 60)" "${exact[@]}" $(h264 50 2) $(aac 32k) "$dir/minute_320x180.mp4"
	ff -f lavfi -i "$(picture 160x90 25 60)" "${exact[@]}" $(h264 50 0 baseline) "$dir/minute_160x90.mp4"
}

single() {
	local good=.made/good
	mkdir -p $good/audio-only $good/video-only
	ff -f lavfi -i "$(tone 300 48000 11)" "${exact[@]}" $(aac) -metadata:s:a:0 language=eng $good/audio-only/a.m4a
	ff -f lavfi -i "$(picture 320x180 25 8)" "${exact[@]}" $(h264 50 2) $good/video-only/a.mp4
}

# A folder and a file whose names need every kind of escape.
names() {
	local dir=".made/good/it's 100% \"été\" #1"
	both "$dir" "$dir/a b#c%20d'é.mp4"
}

# hevc ENTRY PIX_FMT: closed GOPs of 2 s at 25 fps.
hevc() {
	printf '%s\n' -c:v libx265 -preset ultrafast -pix_fmt "$2" -tag:v "$1" -crf 34 \
		-x265-params log-level=none:info=0:keyint=50:min-keyint=50:scenecut=0:open-gop=0:bframes=2:pools=1:frame-threads=1
}

# codecs: HEVC in both of its sample entries, one of them in HDR; three audio codecs
# beside H.264, two of them with 5.1; and what only the setting for extended codecs lets in.
codecs() {
	local dir=.made/codecs six='pan=5.1|c0=c0|c1=0.9*c0|c2=0.8*c0|c3=0.7*c0|c4=0.6*c0|c5=0.5*c0'
	mkdir -p $dir/hevc $dir/surround $dir/extended
	ff -f lavfi -i "$(picture 320x180 25 8)" "${exact[@]}" $(hevc hvc1 yuv420p) $dir/hevc/hevc_320x180.mp4
	ff -f lavfi -i "$(picture 192x108 25 8)" -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" $(hevc hev1 yuv420p10le) \
		-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc $(aac) -metadata:s:a:0 language=eng $dir/hevc/hevc_192x108.mp4
	ff -f lavfi -i "$(picture 320x180 25 8)" "${exact[@]}" $(h264 50 2) $dir/surround/surround_video.mp4
	ff -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" $(aac) -metadata:s:a:0 language=eng $dir/surround/surround_stereo.mp4
	ff -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" -af "$six" -c:a eac3 -b:a 224k -metadata:s:a:0 language=eng $dir/surround/surround_eac3.mp4
	ff -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" -af "$six" -c:a dca -strict -2 -b:a 768k -metadata:s:a:0 language=eng $dir/surround/surround_dts.mp4
	ff -f lavfi -i "$(picture 192x108 25 8)" "${exact[@]}" -c:v libsvtav1 -preset 12 -crf 50 -g 50 -svtav1-params lp=1 $dir/extended/extended_av1.mp4 2>/dev/null
	ff -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" -c:a libopus -b:a 64k $dir/extended/extended_opus.mp4
	ff -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" -c:a flac -strict -2 $dir/extended/extended_flac.mp4
	ff -f lavfi -i "$(tone 300 48000 8)" "${exact[@]}" -c:a ac3 -b:a 96k $dir/extended/extended_ac3.mp4
	{
		ism_begin surround
		ism_track video $dir/surround/surround_video.mp4 v:0 video
		ism_track audio $dir/surround/surround_stereo.mp4 a:0 stereo eng
		ism_track audio $dir/surround/surround_eac3.mp4 a:0 surround eng
		ism_track audio $dir/surround/surround_dts.mp4 a:0 dts eng
		ism_end
	} >$dir/surround/surround.ism
	{
		ism_begin extended
		ism_track video $dir/extended/extended_av1.mp4 v:0 video
		local codec
		for codec in opus flac ac3; do
			ism_track audio $dir/extended/extended_$codec.mp4 a:0 $codec
		done
		ism_end
	} >$dir/extended/extended.ism
}

# box SIZE TYPE prints the header of a box.
box() { printf "\\x$(printf '%08x' "$1" | sed 's/../&\\x/g;s/\\x$//')%s" "$2"; }

broken() {
	local bad=.made/broken whole=.made/good/moov-last/a.mp4 fast
	local name
	for name in truncated half-moov no-moov empty random text absurd-size zero-size nested mp3 mpeg4 missing-file strangers no-xml no-media; do
		mkdir -p "$bad/$name"
	done
	fast=$bad/truncated/whole.mp4
	ff -i "$whole" "${exact[@]}" -c copy -movflags +faststart "$fast"
	head -c $(($(stat -c %s "$fast") * 6 / 10)) "$fast" >$bad/truncated/a.mp4
	head -c 700 "$fast" >$bad/half-moov/a.mp4
	rm "$fast"
	head -c 20000 "$whole" >$bad/no-moov/a.mp4
	: >$bad/empty/a.mp4
	ff -f lavfi -i anoisesrc=seed=1:d=1:r=20000 -f s16le $bad/random/a.mp4
	echo "This is no film." >$bad/text/a.mp4
	{
		box 24 ftyp
		printf 'isom\0\0\0\0isomavc1'
		box 4294967280 moov
		box 108 mvhd
	} >$bad/absurd-size/a.mp4
	{
		box 24 ftyp
		printf 'isom\0\0\0\0isomavc1'
		box 4 moov
		box 0 moov
		box 0 trak
	} >$bad/zero-size/a.mp4
	local depth=2000
	{
		box 24 ftyp
		printf 'isom\0\0\0\0isomavc1'
		box $((8 * depth)) moov
		while ((--depth)); do
			box $((8 * depth)) trak
		done
	} >$bad/nested/a.mp4
	ff -f lavfi -i "$(picture 320x180 25 4)" -f lavfi -i "$(tone 300 48000 4)" "${exact[@]}" $(h264 50 0) -c:a libmp3lame $bad/mp3/a.mp4
	ff -f lavfi -i "$(picture 320x180 25 4)" -f lavfi -i "$(tone 300 48000 4)" "${exact[@]}" -c:v mpeg4 -g 50 $(aac) $bad/mpeg4/a.mp4
	ln .made/good/video-only/a.mp4 $bad/missing-file/a.mp4
	cat >$bad/missing-file/missing-file.ism <<-'XML'
		<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><body><switch>
		  <video src="a.mp4"/>
		  <video src="not-there.mp4"/>
		  <audio src="nor-this.mp4"/>
		</switch></body></smil>
	XML
	ln .made/good/film/a.mp4 $bad/strangers/one.mp4
	ln .made/good/slow/a.mp4 $bad/strangers/two.mp4
	echo "<smil><body><switch><video src=" >$bad/no-xml/no-xml.ism
	ln .made/good/video-only/a.mp4 $bad/no-xml/a.mp4
	echo "Nothing to see." >$bad/no-media/readme.txt
}

ladder
muxed
variants
fragmented
edits
clocks
misaligned
minute
single
names
codecs
broken
echo "$stamp" >.made/stamp
