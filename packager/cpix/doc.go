// Package cpix reads and writes content keys as other packagers and key servers
// exchange them: CPIX documents (DASH-IF Content Protection Information Exchange
// 2.3), in the clear or for one X.509 recipient.
//
//	cpix.go       what a document says
//	read.go       documents that are read
//	signature.go  who signed them: XML Signature
//	write.go      documents that are written
//	seal.go       keys for a recipient: XML Encryption and PSKC (RFC 6030)
package cpix
