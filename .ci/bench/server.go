package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a running server of either kind.
type server struct {
	cmd  *exec.Cmd
	base string // "http://127.0.0.1:port"
	pid  int    // whose CPU seconds count
}

func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.cmd.Wait()
}

// document is what serve --json prints.
type document struct {
	BaseURL string
	Assets  []struct {
		Name     string
		Locators []struct{ ID, ISM string }
	}
}

// manifold is our server with the base URLs of its assets by name.
type manifold struct {
	server
	program string
	assets  map[string]string
}

// startManifold starts our server with one processor on some folders of the test
// set.
func startManifold(program, dir string, folders []string, flags ...string) (*manifold, error) {
	args := append([]string{"-c", "0", program, "serve", "--json", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--fragment-seconds", "6", "--log-level", "error"}, flags...)
	for _, f := range folders {
		args = append(args, filepath.Join(dir, f))
	}
	c := exec.Command("taskset", args...)
	c.Env = append(os.Environ(), "GOMAXPROCS=1")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var d document
	if err == nil {
		err = json.Unmarshal(line, &d)
	}
	if err != nil {
		c.Process.Kill()
		c.Wait()
		return nil, fmt.Errorf("%s said nothing of its URLs: %w", program, err)
	}
	m := &manifold{server{c, d.BaseURL, c.Process.Pid}, program, make(map[string]string)}
	for _, a := range d.Assets {
		m.assets[a.Name] = fmt.Sprintf("%s/%s/%s/", d.BaseURL, a.Locators[0].ID, a.Locators[0].ISM)
	}
	return m, nil
}

// startNginx starts nginx on the files of a folder: one worker, sendfile, open
// files remembered.
func startNginx(root string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // a free port
	if err != nil {
		return nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	work := filepath.Join(root, ".nginx")
	if err := os.MkdirAll(work, 0o755); err != nil {
		return nil, err
	}
	conf := fmt.Sprintf(`worker_processes 1; daemon off; pid %[1]s/pid; error_log %[1]s/log warn;
events { worker_connections 4096; multi_accept on; }
http { access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 300s;
  default_type application/octet-stream; open_file_cache max=4000 inactive=5m; open_file_cache_valid 2m;
  client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  server { listen 127.0.0.1:%[2]d; root %[3]s; } }
`, work, port, root)
	if os.Geteuid() == 0 {
		conf = "user root;\n" + conf
	}
	if err := os.WriteFile(filepath.Join(work, "conf"), []byte(conf), 0o644); err != nil {
		return nil, err
	}
	c := exec.Command("taskset", "-c", "0", "nginx", "-c", filepath.Join(work, "conf"), "-e", filepath.Join(work, "log"))
	if err := c.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: c, base: fmt.Sprintf("http://127.0.0.1:%d", port)}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if a, err := http.Get(s.base + "/0"); err == nil {
			a.Body.Close()
			if s.pid, err = child(c.Process.Pid); err == nil {
				return s, nil
			}
		}
		if time.Now().After(deadline) {
			s.stop()
			return nil, errors.New("nginx does not answer")
		}
	}
}

// child returns the worker of a master process.
func child(pid int) (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%[1]d/task/%[1]d/children", pid))
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(b))
	if len(f) != 1 {
		return 0, fmt.Errorf("nginx has %d workers", len(f))
	}
	return strconv.Atoi(f[0])
}

// cost is what a process has used: CPU seconds (of its threads), page faults.
type cost struct {
	cpu    float64
	faults int64
}

func costOf(pid int) (cost, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return cost{}, err
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	number := func(i int) int64 { n, _ := strconv.ParseInt(f[i], 10, 64); return n }
	const ticks = 100 // a second: USER_HZ
	return cost{float64(number(11)+number(12)) / ticks, number(7) + number(9)}, nil
}

// memory is what a process has in memory, in bytes.
type memory struct {
	own    int64
	mapped int64 // pages of files in the system's cache, which are the system's
}

func (m memory) String() string {
	return fmt.Sprintf("%6.1f MB, and %.1f MB of files mapped", float64(m.own)/(1<<20), float64(m.mapped)/(1<<20))
}

// resident returns what a process has in memory.
func resident(pid int) (m memory, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return m, err
	}
	var size, all, shared int64
	if _, err := fmt.Sscan(string(b), &size, &all, &shared); err != nil {
		return m, err
	}
	page := int64(os.Getpagesize())
	return memory{own: (all - shared) * page, mapped: shared * page}, nil
}
