package aes128

import "runtime"

// waiting are runs of blocks that nobody works on yet.
var waiting = make(chan *run, 256)

// EncryptShared is Encrypt for many blocks that lie one behind the other. Those of
// several goroutines that come at one time are encrypted together by one of them,
// which takes hardly longer than one chain alone.
func (k *Key) EncryptShared(c *Chain, dst, src []byte, n int) {
	if n <= 0 || k.block != nil {
		k.Encrypt(c, dst, src, n, BlockSize)
		return
	}
	end := n * BlockSize
	own := &run{key: k, chain: *c, dst: dst[:end], src: src[:end], n: n, done: make(chan struct{})}
	waiting <- own
	runtime.Gosched() // others may be about to come
	for {
		select {
		case <-own.done:
			*c = own.chain
			return
		case r := <-waiting:
			together(BlockSize, r, another)
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
