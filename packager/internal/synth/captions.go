package synth

// Captions returns a NAL unit of a type with an SEI message of closed captions:
// cc_data() of ATSC A/53 part 4 with so many triples. Types over 31 are those
// of HEVC.
func Captions(kind byte, triples []byte) []byte {
	payload := append([]byte("\xB5\x00\x31GA94\x03"), 0x40|byte(len(triples)/3), 0xFF)
	payload = append(append(payload, triples...), 0xFF)
	unit := []byte{kind}
	if kind > 31 {
		unit = []byte{kind << 1, 1}
	}
	unit = append(unit, 4, byte(len(payload)))
	zeros := 0
	for _, b := range payload {
		if zeros >= 2 && b <= 3 { // emulation prevention
			unit, zeros = append(unit, 3), 0
		}
		unit = append(unit, b)
		if b == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return append(unit, 0x80)
}
