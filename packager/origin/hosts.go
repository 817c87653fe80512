package origin

import (
	"net"
	"slices"
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

// check refuses a foreign Host; custom are further names, of the endpoint. HTTP/1.0
// may have none, and browsers always name one.
func (h Hosts) check(host string, custom []string) *fault.Error {
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	name = strings.Trim(name, "[]")
	is := func(other string) bool { return other != "" && strings.EqualFold(name, other) }
	if !h.Loopback || host == "" || is("localhost") || is(h.Public) || slices.ContainsFunc(custom, is) {
		return nil
	}
	if ip := net.ParseIP(name); ip != nil && ip.IsLoopback() {
		return nil
	}
	return fault.New(fault.ResourceNotFound, "Host: "+host, "this server answers on its loopback address only", "Name the public address with --base or customHostNames, or listen on another address with --listen.")
}
