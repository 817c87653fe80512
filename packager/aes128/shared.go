package aes128

import (
	"runtime"
	"slices"
	"sync"
)

// waiting are the runs that nobody works on yet.
var waiting struct {
	sync.Mutex
	runs []*run
}

// EncryptShared is Encrypt for many blocks that lie one behind the other. What
// several goroutines ask for at one time is encrypted at once by one of them, which
// takes hardly longer than one chain alone.
func (k *Key) EncryptShared(c *Chain, dst, src []byte, n int) {
	if n <= 0 || k.block != nil {
		k.Encrypt(c, dst, src, n, BlockSize)
		return
	}
	end := n * BlockSize
	own := &run{key: k, chain: *c, dst: dst[:end], src: src[:end], n: n, done: make(chan struct{})}
	waiting.Lock()
	waiting.runs = append(waiting.runs, own)
	waiting.Unlock()
	runtime.Gosched() // others may be about to come
	if next := take(own); next != nil {
		together(BlockSize, func() *run {
			r := next
			next = nil
			if r == nil {
				r = take(nil)
			}
			return r
		})
	}
	<-own.done
	*c = own.chain
}

// take takes a run that waits, or for nil the one that has waited longest. It
// returns nil when somebody else has taken it, or none waits.
func take(r *run) *run {
	waiting.Lock()
	defer waiting.Unlock()
	i := slices.Index(waiting.runs, r)
	if r == nil && len(waiting.runs) > 0 {
		i = 0
	}
	if i < 0 {
		return nil
	}
	r = waiting.runs[i]
	waiting.runs = slices.Delete(waiting.runs, i, i+1)
	return r
}
