package aes128

import "runtime"

// waiting are runs of blocks that nobody works on yet.
var waiting = make(chan *run, 256)

// quantum is how many blocks are encrypted in one go: what is of one length ends
// together, and who comes meanwhile does not wait long.
const quantum = 64 << 10 / BlockSize

// EncryptShared is Encrypt for many blocks that lie one behind the other. Those of
// several goroutines that come at one time are encrypted together by one of them,
// which takes hardly longer than one chain alone.
func (k *Key) EncryptShared(c *Chain, dst, src []byte, n int) {
	if n <= 0 || k.block != nil {
		k.Encrypt(c, dst, src, n, BlockSize)
		return
	}
	own := &run{key: k, chain: *c, done: make(chan struct{}, 1)}
	for n > 0 {
		own.n = min(n, quantum)
		end := own.n * BlockSize
		own.dst, own.src = dst[:end], src[:end]
		dst, src, n = dst[end:], src[end:], n-own.n
		waiting <- own
		runtime.Gosched() // others may be about to come
		own.help()
	}
	*c = own.chain
}

// help encrypts what waits until that is done which is waited for.
func (r *run) help() {
	for {
		select {
		case <-r.done:
			return
		case next := <-waiting:
			together(BlockSize, next, another)
		}
	}
}

// another returns a run that waits, nil when none does.
func another() *run {
	select {
	case r := <-waiting:
		return r
	default:
		return nil
	}
}
