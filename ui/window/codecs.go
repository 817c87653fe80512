package window

import (
	"fmt"
	"strconv"
	"strings"
)

// decoded explains an RFC 6381 codecs string part by part.
func decoded(codecs string) string {
	name, rest, _ := strings.Cut(codecs, ".")
	switch name {
	case "avc1", "avc3":
		return codecs + "\n" + avcParts(name, rest)
	case "hvc1", "hev1":
		return codecs + "\n" + hevcParts(name, rest)
	case "mp4a":
		return codecs + "\n" + aacParts(rest)
	}
	return codecs
}

// avcParts reads profile, constraints and level (ISO/IEC 14496-15 Annex E).
func avcParts(name, hex string) string {
	place := L("parameter sets in the sample entry")
	if name == "avc3" {
		place = L("parameter sets in the samples")
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		return name + ": " + place
	}
	profile, ok := map[uint64]string{66: "Baseline", 77: "Main", 88: "Extended", 100: "High", 110: "High 10", 122: "High 4:2:2", 244: "High 4:4:4"}[v>>16]
	if !ok {
		profile = fmt.Sprintf("profile_idc %d", v>>16)
	}
	level := v & 0xFF
	return fmt.Sprintf("%s: %s\n%s: %s\n%s: %s\n%s: %d.%d", name, place,
		hex[:2], profile, hex[2:4], L("constraint flags"), hex[4:], level/10, level%10)
}

// hevcParts reads profile, compatibility, tier, level and constraints
// (ISO/IEC 14496-15 Annex E).
func hevcParts(name, rest string) string {
	place := L("parameter sets in the sample entry")
	if name == "hev1" {
		place = L("parameter sets in the samples")
	}
	out := name + ": " + place
	parts := strings.Split(rest, ".")
	if len(parts) < 3 || parts[2] == "" {
		return out
	}
	profile, ok := map[string]string{"1": "Main", "2": "Main 10", "3": "Main Still Picture", "4": "Range Extensions"}[parts[0]]
	if !ok {
		profile = "general_profile_idc " + parts[0]
	}
	out += fmt.Sprintf("\n%s: %s\n%s: %s", parts[0], profile, parts[1], L("compatibility flags"))
	tier := L("Main tier")
	if parts[2][0] == 'H' {
		tier = L("High tier")
	}
	if level, err := strconv.Atoi(parts[2][1:]); err == nil {
		out += fmt.Sprintf("\n%s: %s, %s %.1f", parts[2], tier, L("level"), float64(level)/30)
	}
	if len(parts) > 3 {
		out += fmt.Sprintf("\n%s: %s", strings.Join(parts[3:], "."), L("constraint flags"))
	}
	return out
}

// aacParts reads the object type indication and the audio object type.
func aacParts(rest string) string {
	oti, kind, _ := strings.Cut(rest, ".")
	name, ok := map[string]string{"1": "AAC Main", "2": "AAC-LC", "5": "HE-AAC (SBR)", "29": "HE-AAC v2 (PS)", "42": "xHE-AAC (USAC)"}[kind]
	if !ok {
		name = L("audio object type") + " " + kind
	}
	return fmt.Sprintf("%s: MPEG-4 Audio\n%s: %s", oti, kind, name)
}
