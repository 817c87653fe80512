package origin

import (
	"net"
	"strings"

	"manifold/packager/fault"
)

// Hosts says which Host headers a server answers. A page of a foreign name
// that resolves to a loopback address could read local media otherwise (DNS
// rebinding). The zero Hosts answers all.
type Hosts struct {
	Loopback bool   // the server listens on a loopback address: its names are allowed, others are not
	Public   string // a further name, of --base; "" when there is none
}

func (h Hosts) check(host string) *fault.Error {
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	name = strings.Trim(name, "[]")
	if !h.Loopback || strings.EqualFold(name, "localhost") || h.Public != "" && strings.EqualFold(name, h.Public) {
		return nil
	}
	if ip := net.ParseIP(name); ip != nil && ip.IsLoopback() {
		return nil
	}
	return fault.New(fault.ResourceNotFound, "Host: "+host, "this server answers on its loopback address only", "Name the public address with --base, or listen on another address with --listen.")
}
