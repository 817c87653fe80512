package aes128

import "sync"

// lanes is how many chains are encrypted at once: while one waits for its last
// block, the processor has time for those of three others.
const lanes = 4

// run is some blocks of a chain that are to be encrypted.
type run struct {
	key      *Key
	chain    Chain
	dst, src []byte
	n        int
	done     chan struct{} // told when all are encrypted; nil where nobody waits
}

// pass goes on behind n blocks whose beginnings are step bytes apart, and says
// whether that were all.
func (r *run) pass(n, step int) bool {
	if r.n -= n; r.n > 0 {
		r.dst, r.src = r.dst[n*step:], r.src[n*step:]
		return false
	}
	if r.done != nil {
		r.done <- struct{}{}
	}
	return true
}

// bundle is what the processor works on: lane by lane the round keys, round by
// round those of all lanes.
type bundle struct {
	rounds   [11][lanes][BlockSize]byte
	chain    [lanes]Chain
	dst, src [lanes]*byte

	keys [lanes]*Key // that the round keys are of
	runs [lanes]*run
	n    int // lanes that are in use
}

var bundles = sync.Pool{New: func() any { return new(bundle) }}

// together encrypts a run, the beginnings of whose blocks are step bytes apart, and
// others: next is asked for one whenever a lane is free, until it has none.
func together(step int, r *run, next func() *run) {
	b := bundles.Get().(*bundle)
	defer func() {
		*b = bundle{}
		bundles.Put(b)
	}()
	for {
		for r != nil {
			b.load(b.n, r)
			if b.n++; b.n == lanes {
				break
			}
			r = next()
		}
		if b.n < 2 {
			break
		}
		n := b.runs[0].n
		for i := range lanes {
			if i >= b.n { // what has nothing to do repeats the first lane
				b.load(i, b.runs[0])
			}
			r := b.runs[i]
			b.dst[i], b.src[i] = &r.dst[0], &r.src[0]
			n = min(n, r.n)
		}
		encryptLanes(b, n, step)
		b.settle(n, step)
		r = next()
	}
	if b.n == 1 {
		r := b.runs[0]
		r.key.Encrypt(&r.chain, r.dst, r.src, r.n, step)
		r.pass(r.n, step)
	}
}

// load puts a run into a lane.
func (b *bundle) load(lane int, r *run) {
	b.runs[lane], b.chain[lane] = r, r.chain
	if b.keys[lane] == r.key {
		return
	}
	b.keys[lane] = r.key
	for i := range b.rounds {
		copy(b.rounds[i][lane][:], r.key.rounds[i*BlockSize:])
	}
}

// settle goes on behind n blocks of each lane, and takes out the runs that are
// finished.
func (b *bundle) settle(n, step int) {
	used := b.n
	b.n = 0
	for i, r := range b.runs[:used] {
		r.chain = b.chain[i]
		if !r.pass(n, step) {
			b.load(b.n, r)
			b.n++
		}
	}
}
