package window

import "fyne.io/fyne/v2/container"

// side is a split beside which a panel has the width that it likes, until the
// user moves it.
type side struct {
	*container.Split
	given float64 // what fit gave it; another offset is the user's
}

// fit gives the split what is remembered, or else what its panel likes.
func (s *side) fit(remembered, liked float64) {
	if s.given != 0 && s.Offset != s.given {
		return
	}
	if remembered != 0 {
		liked = remembered
	}
	s.given = liked
	s.SetOffset(liked)
}

// share returns what to remember: 0 while the panel has what it likes.
func (s *side) share(remembered float64) float64 {
	if remembered == 0 && s.Offset == s.given {
		return 0
	}
	return s.Offset
}

// lent is a split above a panel that needs more height for a while: it is lent
// what it needs, and the user's offset comes back afterwards.
type lent struct {
	*container.Split
	need  float32 // of the panel; 0 when it does with what it has
	own   float64 // the offset of the user
	given float64 // the offset that fit gave; another one is the user's
}

func newLent(s *container.Split, own float64) lent {
	s.Offset = own
	return lent{Split: s, own: own, given: own}
}

// highest is how far up the split is moved for a panel that needs height.
const highest = 0.3

// fit lends the panel a height. What the user makes of it stays until the need
// is another.
func (l *lent) fit(need float32) {
	if need == l.need && l.Offset != l.given {
		return
	}
	l.own = l.share()
	l.need, l.given = need, l.own
	if whole := l.Size().Height; whole > 0 {
		l.given = min(l.own, max(highest, 1-float64(need/whole)))
	}
	l.SetOffset(l.given)
}

// share returns what to remember: the offset of the user.
func (l *lent) share() float64 {
	if l.Offset == l.given {
		return l.own
	}
	return l.Offset
}
