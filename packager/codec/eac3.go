package codec

import (
	"encoding/binary"
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// parseEAC3 reads ec-3 with its dec3 (ETSI TS 102 366 §F.5 and §F.6):
//
//	data_rate (13, kbit/s) num_ind_sub (3)
//	for each independent substream:
//	  fscod (2) bsid (5) – (1) asvc (1) bsmod (3) acmod (3) lfeon (1) – (3)
//	  num_dep_sub (4), then chan_loc (9) where there are some, else – (1)
//	– (7) flag_ec3_extension_type_a (1) complexity_index_type_a (8), of
//	ETSI TS 103 420 §C.3.2
func parseEAC3(e entry) (media.Codec, error) {
	record := e.configuration("dec3")
	s, err := readEAC3(record)
	if err != nil {
		return media.Codec{}, &fault.Error{Code: fault.AudioEncodingNotSupported, Where: "stsd/ec-3/dec3", What: "the decoder configuration is missing or damaged", Err: err}
	}
	c := dolby("ec-3", "Dolby Digital Plus", s)
	c.Objects = s.objects
	if s.objects > 0 {
		c.Words = fmt.Sprintf("Dolby Digital Plus with Dolby Atmos %s", loudspeakers(c.Channels))
	}
	return wrap(c, "dec3", record), nil
}

// parseAC3 reads ac-3 with its dac3 (§F.3 and §F.4):
//
//	fscod (2) bsid (5) bsmod (3) acmod (3) lfeon (1) bit_rate_code (5) – (5)
func parseAC3(e entry) (media.Codec, error) {
	record := e.configuration("dac3")
	r := bitReader{b: record}
	var s dolbyStream
	s.rate = dolbyRates[r.take(2)]
	s.bsid, s.bsmod = r.take(5), r.take(3)
	s.channels(r.take(3), r.take(1))
	r.take(5)
	if r.short || s.rate == 0 {
		return media.Codec{}, fault.Newf(fault.AudioEncodingNotSupported, "stsd/ac-3/dac3", "the decoder configuration is missing or damaged")
	}
	return wrap(dolby("ac-3", "Dolby Digital", s), "dac3", record), nil
}

// dolbyStream is what dac3 and dec3 say of the programme that is played.
type dolbyStream struct {
	rate        int // Hz
	bsid, bsmod int
	mask        uint16 // of channels, see chanmap
	kbits       int    // data rate of all substreams, kbit/s
	several     bool   // independent substreams beside the first
	objects     int
}

// Channels in the custom channel map of §E.1.3.1.8; half of them are pairs.
const (
	chanL, chanC, chanR, chanLs, chanRs = 1 << 15, 1 << 14, 1 << 13, 1 << 12, 1 << 11
	chanCs, chanLFE                     = 1 << 8, 1 << 0
	chanPairs                           = 1<<10 | 1<<9 | 1<<6 | 1<<5 | 1<<4 | 1<<2
)

// chanmap has the channels of acmod (§4.4.2.3).
var chanmap = [8]uint16{
	chanL | chanR, // two programmes of one channel
	chanC, chanL | chanR, chanL | chanC | chanR,
	chanL | chanR | chanCs, chanL | chanC | chanR | chanCs,
	chanL | chanR | chanLs | chanRs, chanL | chanC | chanR | chanLs | chanRs,
}

// located has the channels of chan_loc (§F.6.2.13), from its lowest bit: Lc/Rc,
// Lrs/Rrs, Cs, Ts, Lsd/Rsd, Lw/Rw, Lvh/Rvh, Cvh, LFE2.
var located = [9]uint16{1 << 10, 1 << 9, 1 << 8, 1 << 7, 1 << 6, 1 << 5, 1 << 4, 1 << 3, 1 << 1}

// dolbyRates are by fscod.
var dolbyRates = [4]int{48000, 44100, 32000, 0}

func (s *dolbyStream) channels(acmod, lfe int) {
	s.mask = chanmap[acmod] | uint16(lfe)*chanLFE
}

func readEAC3(record []byte) (s dolbyStream, err error) {
	r := bitReader{b: record}
	s.kbits = r.take(13)
	independent := r.take(3) + 1
	s.several = independent > 1
	for i := range independent {
		var x dolbyStream
		x.rate, x.bsid = dolbyRates[r.take(2)], r.take(5)
		r.take(2)
		x.bsmod = r.take(3)
		x.channels(r.take(3), r.take(1))
		r.take(3)
		if r.take(4) == 0 {
			r.take(1)
		} else {
			for n, places := 0, r.take(9); n < len(located); n++ {
				if places>>n&1 == 1 {
					x.mask |= located[n]
				}
			}
		}
		if i == 0 { // the others are other programmes
			s.rate, s.bsid, s.bsmod, s.mask = x.rate, x.bsid, x.bsmod, x.mask
		}
	}
	if r.short || s.rate == 0 {
		return s, fmt.Errorf("% x is no EC3SpecificBox", record)
	}
	if r.take(7); r.take(1) == 1 {
		s.objects = r.take(8)
	}
	return s, nil
}

// count returns the number of channels.
func (s *dolbyStream) count() int {
	n := 0
	for bit := range 16 {
		if s.mask>>bit&1 == 1 {
			n++
			if chanPairs>>bit&1 == 1 {
				n++
			}
		}
	}
	return n
}

// dolby describes a stream. Every sample of it is 1536 samples long, six blocks
// of each substream (§F.2 and §F.5).
func dolby(fourCC, words string, s dolbyStream) media.Codec {
	n := s.count()
	return media.Codec{
		FourCC: fourCC, Family: fourCC, String: fourCC, Words: words + " " + loudspeakers(n),
		SamplingRate: s.rate, Channels: n, FrameSamples: 1536,
		// Dolby's scheme says where the loudspeakers are, and every player of
		// its codecs knows it (§I.1.2)
		Layout: media.Layout{Scheme: "tag:dolby.com,2014:dash:audio_channel_configuration:2011", Value: fmt.Sprintf("%04X", s.mask)},
	}
}

// wrap completes a codec whose configuration is carried as it is.
func wrap(c media.Codec, box string, record []byte) media.Codec {
	c.Config = append([]byte(nil), record...)
	c.Entry = audioEntry(c.FourCC, c, func(dst []byte) []byte {
		return appendBox(dst, box, func(dst []byte) []byte { return append(dst, record...) })
	})
	return c
}

// eac3Transport is how MPEG-2 TS carries E-AC-3 where ATSC made the rules, and
// HLS after it (ATSC A/52 §G.3): registered, with a descriptor of its own. Dolby
// Atmos in it was never specified for HLS.
func eac3Transport(c *media.Codec) (Transport, error) {
	if c.Objects > 0 {
		return Transport{}, notCarried(c, "MPEG-2 TS", "Ask for HLS CMAF or DASH.")
	}
	s, err := readEAC3(c.Config)
	if err != nil {
		return Transport{}, err
	}
	channels := byte(4) // more than two
	switch {
	case s.several:
		channels = 6
	case c.Channels == 1:
		channels = 0
	case c.Channels == 2:
		channels = 2
	case c.Channels > 6:
		channels = 5
	}
	return Transport{StreamType: 0x87, StreamID: streamPrivate, Descriptors: append(registration("EAC3"),
		// §G.3.5: bsid is there; a full service; audio_service_type; channels
		0xCC, 3, 0xC0, 0xC0|byte(s.bsmod)<<3|channels, 0x20|byte(s.bsid),
	)}, nil
}

// registration is a registration_descriptor (ISO/IEC 13818-1 §2.6.8).
func registration(format string) []byte { return append([]byte{0x05, 4}, format...) }

// eac3Level is how Smooth Streaming describes E-AC-3: what stands behind the
// WAVEFORMATEX of a WAVEFORMATEXTENSIBLE, and dec3.
func eac3Level(c *media.Codec) (QualityLevel, error) {
	if c.Objects > 0 {
		return QualityLevel{}, notCarried(c, "Smooth Streaming", "Ask for HLS CMAF or DASH.")
	}
	s, err := readEAC3(c.Config)
	if err != nil {
		return QualityLevel{}, err
	}
	p := binary.LittleEndian.AppendUint16(nil, uint16(c.FrameSamples))
	p = binary.LittleEndian.AppendUint32(p, speakers(s.mask))
	p = append(p, subFormatEAC3...)
	return QualityLevel{
		FourCC: "EC-3", PrivateData: append(p, c.Config...), AudioTag: 0xFFFE,
		PacketSize: s.kbits * 1000 / 8 * c.FrameSamples / c.SamplingRate,
	}, nil
}

// subFormatEAC3 is KSDATAFORMAT_SUBTYPE_IEC61937_DOLBY_DIGITAL_PLUS as Smooth
// Streaming has it, A7FB87AF-2D02-42FB-A4D4-05CD93843BDD with its first three
// fields in little endian.
const subFormatEAC3 = "\xAF\x87\xFB\xA7\x02\x2D\xFB\x42\xA4\xD4\x05\xCD\x93\x84\x3B\xDD"

// speakers is the dwChannelMask of WAVEFORMATEXTENSIBLE. Its first six bits are
// what Windows calls 5.1, with the surround channels at the back; with a pair
// behind them they move to the side.
func speakers(mask uint16) uint32 {
	sides := uint32(0x10 | 0x20)
	if mask&(1<<9) != 0 {
		sides = 0x200 | 0x400
	}
	var m uint32
	for _, x := range []struct {
		channel uint16
		bits    uint32
	}{
		{chanL, 0x1}, {chanR, 0x2}, {chanC, 0x4}, {chanLFE, 0x8},
		{chanLs, sides & 0x210}, {chanRs, sides & 0x420}, {1 << 9, 0x10 | 0x20},
		{1 << 10, 0x40 | 0x80}, {chanCs, 0x100}, {1 << 7, 0x800}, {1 << 4, 0x1000 | 0x4000}, {1 << 3, 0x2000},
	} {
		if mask&x.channel != 0 {
			m |= x.bits
		}
	}
	return m
}
