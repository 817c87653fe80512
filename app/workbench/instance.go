package workbench

import (
	"bufio"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Instance is the one window of a home. A second start finds it through a
// file with a loopback address and a secret, and hands its arguments over.
type Instance struct {
	path   string
	listen net.Listener
}

// rendezvous is what the file says.
type rendezvous struct {
	Address string `json:"address"`
	Secret  string `json:"secret"`
}

// message is what a second start sends; the answer is a line "ok".
type message struct {
	Secret string   `json:"secret"`
	Paths  []string `json:"paths"`
}

// Limits of the conversation between two starts.
const (
	handTimeout = 3 * time.Second
	maxMessage  = 1 << 20
)

// Claim makes this process the instance of a home, and calls opened with the
// paths of every later start. When there is one already it hands paths to
// that one and returns nil.
func Claim(home string, paths []string, opened func(paths []string)) (*Instance, error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	absolute := make([]string, len(paths))
	for i, p := range paths {
		absolute[i] = p
		if a, err := filepath.Abs(p); err == nil { // the other has its own working directory
			absolute[i] = a
		}
	}
	unlock, err := lock(filepath.Join(home, "window.lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	path := filepath.Join(home, "window.instance")
	if hand(path, absolute) == nil {
		return nil, nil
	}
	return become(path, opened)
}

// hand gives paths to the instance of a file.
func hand(path string, paths []string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var r rendezvous
	if err := json.Unmarshal(b, &r); err != nil {
		return err
	}
	c, err := net.DialTimeout("tcp", r.Address, handTimeout)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(handTimeout))
	if err := json.NewEncoder(c).Encode(message{r.Secret, paths}); err != nil {
		return err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || line != "ok\n" {
		return errors.New("the address belongs to another program")
	}
	return nil
}

// become listens and writes the file.
func become(path string, opened func(paths []string)) (*Instance, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	secret := make([]byte, 16)
	rand.Read(secret) // never fails
	r := rendezvous{l.Addr().String(), hex.EncodeToString(secret)}
	b, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(path+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	go accept(l, r.Secret, opened)
	return &Instance{path, l}, nil
}

func accept(l net.Listener, secret string, opened func(paths []string)) {
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			defer c.Close()
			c.SetDeadline(time.Now().Add(handTimeout))
			var m message
			line, err := bufio.NewReader(&limited{c, maxMessage}).ReadBytes('\n')
			if err != nil || json.Unmarshal(line, &m) != nil || subtle.ConstantTimeCompare([]byte(m.Secret), []byte(secret)) != 1 {
				return
			}
			if _, err := c.Write([]byte("ok\n")); err == nil {
				opened(m.Paths)
			}
		}()
	}
}

// limited ends a reader after n bytes.
type limited struct {
	c net.Conn
	n int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.n <= 0 {
		return 0, errors.New("the message is too long")
	}
	n, err := l.c.Read(p[:min(len(p), l.n)])
	l.n -= n
	return n, err
}

// Close gives the home up.
func (i *Instance) Close() error {
	err := i.listen.Close()
	if e := os.Remove(i.path); err == nil {
		err = e
	}
	return err
}
