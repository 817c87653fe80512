package aes128

// Batch gathers runs of blocks that each begin a chain of their own, or go on
// with one that is known, and encrypts several at once.
type Batch struct {
	key   *Key
	step  int
	runs  []run
	begun int // runs that are encrypted, or being so
	bytes int
}

// A batch is not larger, so that what it holds is still near the processor.
const (
	batchRuns  = 32
	batchBytes = 256 << 10
)

// Batch returns an empty batch of runs the beginnings of whose blocks are step
// bytes apart, at least BlockSize; what lies between is left alone.
func (k *Key) Batch(step int) *Batch {
	if step < BlockSize {
		panic("aes128: blocks overlap")
	}
	return &Batch{key: k, step: step, runs: make([]run, 0, batchRuns)}
}

// Add adds n blocks that are to be encrypted where they are. They, or those that
// were added before, may be encrypted at once.
func (b *Batch) Add(c Chain, p []byte, n int) {
	if n <= 0 {
		return
	}
	p = p[:(n-1)*b.step+BlockSize]
	b.runs = append(b.runs, run{key: b.key, chain: c, dst: p, src: p, n: n})
	b.bytes += len(p)
	if len(b.runs) == batchRuns || b.bytes >= batchBytes {
		b.Encrypt()
	}
}

// Encrypt encrypts what was added.
func (b *Batch) Encrypt() {
	if b.key.block == nil {
		together(b.step, b.next(), b.next)
	} else {
		for i := range b.runs {
			r := &b.runs[i]
			b.key.Encrypt(&r.chain, r.dst, r.src, r.n, b.step)
		}
	}
	clear(b.runs)
	b.runs, b.begun, b.bytes = b.runs[:0], 0, 0
}

func (b *Batch) next() *run {
	if b.begun == len(b.runs) {
		return nil
	}
	b.begun++
	return &b.runs[b.begun-1]
}
