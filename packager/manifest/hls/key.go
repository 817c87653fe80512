package hls

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"manifold/packager/media"
	"manifold/packager/protect"
)

// root is the way from a media playlist to the root of the server, whatever
// stands before it: …/{locator}/{name}.ism/QualityLevels(n)/Manifest(…).
const root = "../../.."

// appendKeys appends the EXT-X-KEY tags of a track (RFC 8216 §4.3.2.4), one for
// each way to come by its key. They stand before EXT-X-MAP: the envelope covers
// it, too.
func appendKeys(dst []byte, x *protect.Protection, f media.Format, t *media.Track) []byte {
	if !x.Covers(t) {
		return dst
	}
	k := x.Key(t)
	iv := k.IV(x.Scheme)
	vector := strings.ToUpper(hex.EncodeToString(iv[:]))
	switch {
	case x.Scheme == protect.Envelope:
		return fmt.Appendf(dst, "#EXT-X-KEY:METHOD=AES-128,URI=\"%s\",IV=0X%s\n", quotable(x.KeyURL(root, k)), vector)
	case f != media.HLSCMAF: // SAMPLE-AES; the key by itself comes last, where readers of one tag take it
		dst = appendFairPlay(dst, x, k, ",IV=0x"+vector)
		if x.Systems.ClearKey.Here() {
			dst = fmt.Appendf(dst, "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"%s\",IV=0x%s\n", x.KeyURL(root, k), vector)
		}
		return dst
	}
	method := "SAMPLE-AES-CTR"
	if x.Scheme == protect.CBCS {
		method = "SAMPLE-AES"
		dst = appendFairPlay(dst, x, k, "")
	}
	id := ",KEYID=0x" + hex.EncodeToString(k.ID[:])
	for _, h := range x.Headers(k) {
		switch {
		case h.IsPlayReady():
			dst = fmt.Appendf(dst, "#EXT-X-KEY:METHOD=%s,URI=\"data:text/plain;charset=UTF-16;base64,%s\"%s,KEYFORMAT=\"com.microsoft.playready\",KEYFORMATVERSIONS=\"1\"\n", method, base64.StdEncoding.EncodeToString(h.Data), id)
		case h.IsWidevine():
			dst = fmt.Appendf(dst, "#EXT-X-KEY:METHOD=%s,URI=\"data:text/plain;base64,%s\"%s,KEYFORMAT=\"urn:uuid:%s\",KEYFORMATVERSIONS=\"1\"\n", method, base64.StdEncoding.EncodeToString(h.PSSH), id, h.System)
		case h.IsCommon():
			dst = fmt.Appendf(dst, "#EXT-X-KEY:METHOD=%s,URI=\"%s\"%s,KEYFORMAT=\"org.w3.clearkey\",KEYFORMATVERSIONS=\"1\"\n", method, quotable(x.ClearKeyURL(k)), id)
		}
	}
	return dst
}

// appendFairPlay appends the tag that Apple's players take.
func appendFairPlay(dst []byte, x *protect.Protection, k protect.Key, more string) []byte {
	s := x.Systems.FairPlay
	if s == nil {
		return dst
	}
	uri := s.URL(k)
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		uri = "skd://" + rest
	} else {
		uri = "skd://" + k.ID.String()
	}
	return fmt.Appendf(dst, "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"%s\",KEYFORMAT=\"com.apple.streamingkeydelivery\",KEYFORMATVERSIONS=\"1\"%s\n", quotable(uri), more)
}
