package app

import (
	"context"
	"encoding/base64"

	"manifold/packager"
	"manifold/packager/cpix"
	"manifold/packager/protect"
)

// CPIX returns the content keys of an asset, and what protection systems are told
// of them, for other packagers and for licence servers.
func (s *Service) CPIX(ctx context.Context, e packager.Entry) (*cpix.Document, error) {
	a, err := s.Engine.Asset(ctx, e.Locator.ID)
	if err == nil {
		err = a.Err
	}
	if err != nil {
		return nil, err
	}
	keys, err := s.Engine.Keys(e, a)
	if err != nil {
		return nil, err
	}
	d := &cpix.Document{}
	for _, k := range keys {
		id, err := protect.ParseKID(k.ID)
		if err != nil {
			return nil, err
		}
		key := protect.Key{ID: id, Value: [16]byte(k.Value)}
		for _, c := range e.Locator.Policy.Encryptions {
			if c.Scheme.Family() != k.Scheme {
				continue
			}
			scheme := ""
			if c.Scheme != protect.Envelope {
				scheme = c.Scheme.FourCC()
			}
			d.Keys = append(d.Keys, cpix.Key{Key: key, Scheme: scheme, Label: k.Label})
			p := &protect.Protection{Scheme: c.Scheme, Systems: c.Systems}
			for _, h := range p.Headers(key) {
				system := cpix.System{KID: id, ID: h.System, PSSH: h.PSSH}
				if h.IsPlayReady() && c.Scheme == protect.CENC { // what Smooth Streaming can be
					system.Smooth = base64.StdEncoding.EncodeToString(h.Data)
				}
				d.Systems = append(d.Systems, system)
			}
		}
	}
	return d, nil
}
