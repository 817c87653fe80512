package cmaf

import (
	"math"

	"manifold/packager/media"
	"manifold/packager/protect"
)

// Init appends the initialization segment of a track that lasts the given
// number of ticks: ftyp and moov, without an edit list. x says how its samples
// are protected; nil when they are not.
func Init(dst []byte, t *media.Track, f Flavour, duration int64, x *protect.Protection) []byte {
	w := &boxes{b: dst}
	w.begin("ftyp")
	switch f {
	case CMAF:
		w.text("cmfc")
		w.u32(0)
		w.text("cmfciso6cmf2")
		if t.Kind == media.Text {
			w.text("im1t")
		}
	default:
		w.text("ccff")
		w.u32(1)
		w.text("iso6")
	}
	w.end()
	w.begin("moov")
	w.movieHeader()
	w.track(t, x)
	w.begin("mvex")
	w.full("mehd", 1, 0)
	w.u64(uint64(duration))
	w.end()
	w.full("trex", 0, 0)
	w.u32(TrackID)
	w.u32(1) // sample description
	w.zero(12)
	w.end()
	w.end()
	if x.Applies(t) {
		for _, h := range x.Headers(x.Key(t)) {
			w.bytes(h.PSSH)
		}
	}
	w.end()
	return w.b
}

// matrix is the unity matrix of mvhd and tkhd.
var matrix = []byte{
	0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0,
}

func (w *boxes) movieHeader() { // §8.2.2
	w.full("mvhd", 1, 0)
	w.zero(16) // creation and modification time
	w.u32(media.TicksPerSecond)
	w.u64(0) // the duration stands in mehd
	w.u32(0x00010000)
	w.u16(0x0100)
	w.zero(10)
	w.bytes(matrix)
	w.zero(24)
	w.u32(TrackID + 1)
	w.end()
}

func (w *boxes) track(t *media.Track, x *protect.Protection) {
	w.begin("trak")
	w.full("tkhd", 1, 7) // §8.3.2: enabled, in movie, in preview
	w.zero(16)
	w.u32(TrackID)
	w.zero(4 + 8 + 8)
	w.u16(0) // layer
	w.u16(0) // alternate group
	if t.Kind == media.Audio {
		w.u16(0x0100)
	} else {
		w.u16(0)
	}
	w.u16(0)
	w.bytes(matrix)
	w.u32(displayWidth(&t.Codec))
	w.u32(uint32(t.Codec.Height) << 16)
	w.end()

	w.begin("mdia")
	w.full("mdhd", 1, 0) // §8.4.2
	w.zero(16)
	w.u32(media.TicksPerSecond)
	w.u64(0)
	w.u16(packedLanguage(t.Language))
	w.u16(0)
	w.end()
	w.handler(t)
	w.begin("minf")
	switch t.Kind {
	case media.Video:
		w.full("vmhd", 0, 1)
		w.zero(8)
	case media.Audio:
		w.full("smhd", 0, 0)
		w.zero(4)
	case media.Text:
		w.full("sthd", 0, 0) // §12.6.2
	}
	w.end()
	w.begin("dinf")
	w.full("dref", 0, 0)
	w.u32(1)
	w.full("url ", 0, 1) // in this file
	w.end()
	w.end()
	w.end()
	w.sampleTable(t, x)
	w.end()
	w.end()
	w.end()
}

// displayWidth is how wide a picture is shown for its height (§8.3.2), in 1/65536
// pixels.
func displayWidth(c *media.Codec) uint32 {
	if c.PixelWidth == 0 {
		return uint32(c.Width) << 16
	}
	return uint32(min(int64(c.Width)<<16*int64(c.PixelWidth)/int64(c.PixelHeight), math.MaxUint32))
}

func (w *boxes) handler(t *media.Track) {
	w.full("hdlr", 0, 0) // §8.4.3
	w.u32(0)
	w.text([...]string{media.Video: "vide", media.Audio: "soun", media.Text: "subt"}[t.Kind])
	w.zero(12)
	w.text(t.Name)
	w.zero(1)
	w.end()
}

// sampleTable has the sample entry and nothing else: all samples are in
// fragments.
func (w *boxes) sampleTable(t *media.Track, x *protect.Protection) {
	w.begin("stbl")
	w.full("stsd", 0, 0)
	w.u32(1)
	if x.Applies(t) {
		w.protectedEntry(t, x)
	} else {
		w.bytes(t.Codec.Entry)
	}
	w.end()
	for _, kind := range []string{"stts", "stsc"} {
		w.full(kind, 0, 0)
		w.u32(0)
		w.end()
	}
	w.full("stsz", 0, 0)
	w.zero(8)
	w.end()
	w.full("stco", 0, 0)
	w.u32(0)
	w.end()
	w.end()
}

// protectedEntry is the sample entry of a track whose samples are protected: of
// another type, and with sinf, which keeps the one that it was (§8.12).
func (w *boxes) protectedEntry(t *media.Track, x *protect.Protection) {
	kind := "enca"
	if t.Kind == media.Video {
		kind = "encv"
	}
	w.begin(kind)
	w.bytes(t.Codec.Entry[8:])
	w.begin("sinf")
	w.begin("frma")
	w.bytes(t.Codec.Entry[4:8])
	w.end()
	w.full("schm", 0, 0)
	w.text(x.Scheme.FourCC())
	w.u32(0x00010000)
	w.end()
	w.begin("schi")
	w.trackEncryption(t, x)
	w.end()
	w.end()
	w.end()
}

// trackEncryption is tenc (ISO/IEC 23001-7 §8.2).
func (w *boxes) trackEncryption(t *media.Track, x *protect.Protection) {
	k := x.Key(t)
	if x.Scheme != protect.CBCS {
		w.full("tenc", 0, 0)
		w.bytes([]byte{0, 0, 1, 8}) // protected, IVs of 8 bytes
		w.bytes(k.ID[:])
		w.end()
		return
	}
	pattern := byte(0) // every block
	if t.Kind == media.Video {
		pattern = protect.CryptBlocks<<4 | protect.SkipBlocks
	}
	w.full("tenc", 1, 0)
	w.bytes([]byte{0, pattern, 1, 0}) // protected, one constant IV
	w.bytes(k.ID[:])
	iv := k.IV(protect.CBCS)
	w.bytes([]byte{byte(len(iv))})
	w.bytes(iv[:])
	w.end()
}

// packedLanguage is the ISO 639-2 code of mdhd; "und" for what has none.
func packedLanguage(language string) uint16 {
	if len(language) != 3 {
		language = "und"
	}
	v := uint16(0)
	for _, c := range []byte(language) {
		if c < 'a' || c > 'z' {
			return packedLanguage("und")
		}
		v = v<<5 | uint16(c-0x60)
	}
	return v
}
