// Package codec reads what a sample entry says: one file for each codec, one
// table that ties sample entry types to them. It also knows the little of the
// coded media that muxing needs (NAL unit types, AudioSpecificConfig).
package codec
