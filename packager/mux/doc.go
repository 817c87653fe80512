// Package mux holds what the segment writers have in common: a stretch of
// samples with its source, a reader that streams their bytes through one
// pooled buffer, and the Body that a writer makes. The writers are in its
// sub-packages, one for each container.
package mux
