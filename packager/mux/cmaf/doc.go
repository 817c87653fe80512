// Package cmaf writes fragmented MP4: initialization segments (ftyp, moov) and
// media segments (moof, mdat) of the three flavours that share one sample
// form.
//
//	moof                                 CSF      CMAF     Smooth
//	  mfhd  sequence number              yes      yes      yes
//	  traf
//	    tfhd  track 1, sample flags      yes      yes      yes
//	    tfdt  decode time, 10 MHz        yes      yes      –
//	    trun  durations, sizes, offsets  yes      yes      yes
//	    uuid  tfxd: time and duration    –        –        yes
//	mdat  the samples as they lie in the source, NAL unit lengths of 4 bytes
//
// Everything is in 10 MHz ticks: durations are differences of floors of
// absolute times, so that they add up without drift.
// ISO/IEC 14496-12 §8.8, ISO/IEC 23000-19 §7, [MS-SSTR] §2.2.4.
package cmaf
