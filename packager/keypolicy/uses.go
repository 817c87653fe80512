package keypolicy

import (
	"container/heap"
	"crypto/sha256"
	"sync"
	"time"
)

// Request is one request for keys. However many it gets, it uses its token once.
type Request struct {
	Token string // what it shows; "" is nothing
	Head  bool   // it gets no keys, so that it uses nothing

	used map[*Policy]bool // whose count of the token has this request
}

// uses says whether a token may be used by the request, and counts that.
func (r *Request) uses(p *Policy, l limit, now time.Time) bool {
	if l.count == 0 || r.used[p] {
		return true
	}
	if !p.used.take(l, r.Head, now) {
		return false
	}
	if r.used == nil {
		r.used = make(map[*Policy]bool)
	}
	r.used[p] = true
	return true
}

// limit is how often a token may be used.
type limit struct {
	count int // 0 for always
	until time.Time
	token [sha256.Size]byte // of what is signed, as the text of one token can be spelled in many ways
}

// uses counts how often tokens were used, until they end.
type uses struct {
	mu    sync.Mutex
	taken map[[sha256.Size]byte]*used
	ends  ends // all of them
}

type used struct {
	limit
	times int
}

// take counts a use of a token, unless that is only asked about; false when it was
// used as often as it may be.
func (u *uses) take(l limit, ask bool, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for len(u.ends) > 0 && now.After(u.ends[0].until.Add(skew)) {
		delete(u.taken, heap.Pop(&u.ends).(*used).token)
	}
	t, known := u.taken[l.token]
	if !known {
		t = &used{limit: l}
	}
	if t.times >= l.count {
		return false
	}
	if ask {
		return true
	}
	t.times++
	if !known {
		if u.taken == nil {
			u.taken = make(map[[sha256.Size]byte]*used)
		}
		u.taken[l.token] = t
		heap.Push(&u.ends, t)
	}
	return true
}

// ends is a heap of tokens, the one that ends first on top: those that ended are
// found without a look at the others.
type ends []*used

func (e ends) Len() int           { return len(e) }
func (e ends) Less(i, j int) bool { return e[i].until.Before(e[j].until) }
func (e ends) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *ends) Push(x any)        { *e = append(*e, x.(*used)) }
func (e *ends) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = nil
	*e = (*e)[:last]
	return x
}
