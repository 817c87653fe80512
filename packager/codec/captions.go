package codec

import (
	"fmt"

	"manifold/packager/media"
)

// Captions finds out which closed captions lie in pictures: the channels of
// CEA-608 and the services of CEA-708 in SEI messages (ATSC A/53 part 4 §6.2.3).
type Captions struct {
	nal       *NAL
	nalLength int

	field1   bool    // has data for the first field, be it nothing but padding
	channels [4]bool // CC1 to CC4
	services [6]bool // SERVICE1 to SERVICE6
}

// NewCaptions returns a reader for the samples of a track; nil where the
// codec keeps no captions in its pictures.
func NewCaptions(c *media.Codec) *Captions {
	n := NALOf(c)
	if n == nil {
		return nil
	}
	return &Captions{nal: n, nalLength: c.NALLength}
}

// Read takes in a sample, or its beginning: captions stand before the slices.
func (c *Captions) Read(sample []byte) {
	for len(sample) >= c.nalLength {
		size := 0
		for _, b := range sample[:c.nalLength] {
			size = size<<8 | int(b)
		}
		sample = sample[c.nalLength:]
		unit := sample[:min(size, len(sample))]
		sample = sample[len(unit):]
		if len(unit) < c.nal.header {
			continue
		}
		switch kind := c.nal.kind(unit[0]); {
		case c.nal.isSlice(kind):
			return
		case kind == c.nal.sei:
			c.messages(unit[c.nal.header:])
		}
	}
}

// Found names what was found, as HLS does in INSTREAM-ID: "CC1", "SERVICE1".
// Where nothing was shown yet in the first field it is CC1 that is silent.
func (c *Captions) Found() []string {
	var out []string
	for i, ok := range c.channels {
		if ok || i == 0 && c.field1 && !c.channels[1] {
			out = append(out, fmt.Sprintf("CC%d", i+1))
		}
	}
	for i, ok := range c.services {
		if ok {
			out = append(out, fmt.Sprintf("SERVICE%d", i+1))
		}
	}
	return out
}

// messages reads SEI messages (ISO/IEC 14496-10 §7.3.2.3).
func (c *Captions) messages(unit []byte) {
	const registered = 4 // user_data_registered_itu_t_t35
	r := &rbsp{unit: unit}
	number := func() int {
		n, b := 0, 0xFF
		for b == 0xFF && !r.short {
			b = int(r.take(8))
			n += b
		}
		return n
	}
	for r.at < len(unit)-1 {
		kind, size := number(), number()
		if r.short || size > len(unit)-r.at { // cut off, or no message
			return
		}
		payload := make([]byte, 0, size)
		for len(payload) < size && !r.short {
			payload = append(payload, byte(r.take(8)))
		}
		if kind == registered && !r.short {
			c.data(payload)
		}
	}
}

// data reads the cc_data() of ATSC A/53 part 4 §6.2.3: three bytes for each
// pair of characters, of CEA-608 or of a packet of CEA-708.
func (c *Captions) data(b []byte) {
	// country and provider of ATSC, its user_identifier, user_data_type_code
	const head = "\xB5\x00\x31GA94\x03"
	if len(b) < len(head)+2 || string(b[:len(head)]) != head || b[len(head)]&0x40 == 0 {
		return
	}
	n := int(b[len(head)] & 0x1F)
	for b = b[len(head)+2:]; n > 0 && len(b) >= 3; n, b = n-1, b[3:] {
		if b[0]&4 == 0 { // not valid
			continue
		}
		switch kind := b[0] & 3; kind {
		case 0, 1:
			c.pair(int(kind), b[1]&0x7F)
		case 3:
			c.packet(b[2])
		}
	}
}

// pair reads the first of two characters of a field (CEA-608 §8.4): of the two
// channels of a field, control codes tell which one they are for.
func (c *Captions) pair(field int, first byte) {
	c.field1 = c.field1 || field == 0
	if first >= 0x10 && first <= 0x1F {
		c.channels[2*field+int(first>>3&1)] = true
	}
}

// packet reads the first service block header in a packet of CEA-708 (§6.2).
func (c *Captions) packet(header byte) {
	number, size := int(header>>5), header&0x1F
	if size > 0 && number >= 1 && number <= len(c.services) {
		c.services[number-1] = true
	}
}
