package codec

import "manifold/packager/media"

// Incomplete says whether a sample entry leaves something to the samples: the
// parameter sets of avc3 and hev1, all of DTS that is declared as MPEG-4 audio.
func Incomplete(c *media.Codec) bool {
	return c.NALLength > 0 && len(c.ParameterSets) == 0 || c.Entry == nil
}

// Complete fills what is left to the samples from a sync sample. What is not
// there stays as it is: see Incomplete.
func Complete(c *media.Codec, sample []byte) {
	if n := NALOf(c); n != nil {
		n.complete(c, sample)
	} else if c.Entry == nil {
		completeDTS(c, sample)
	}
}
