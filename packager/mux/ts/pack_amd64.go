//go:build !purego

package ts

// pack fills dst with packets of payload alone, at least one: a header, in whose last
// four bits the counter counts on from count, and the next bytes of src.
//
//go:noescape
func pack(dst, src []byte, header, count uint32)
