package proof

import (
	"context"
	"crypto/md5"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"manifold/app/verify"
)

// TestSoak loads a server from several sides for MANIFOLD_SOAK, five seconds when
// that is not set. Every URL gives the same bytes each time, and neither memory
// nor open files grow with the number of requests.
func TestSoak(t *testing.T) {
	length := 5 * time.Second
	if s := os.Getenv("MANIFOLD_SOAK"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	o := serve(t, good(t)["ladder"], good(t)["muxed"], good(t)["minute"])
	list := everyURL(t, o)
	warm := load(t, list, length/2)
	before := usage(t, o.cmd.Process.Pid)
	hot := load(t, list, length/2)
	after := usage(t, o.cmd.Process.Pid)
	t.Logf("%d and %d answers; %d and %d KiB resident; %d and %d files", warm, hot, before.resident, after.resident, before.files, after.files)
	const slackKiB = 48 << 10 // what the collector may leave lying between two runs
	if after.resident > before.resident+slackKiB {
		t.Errorf("memory grew from %d to %d KiB", before.resident, after.resident)
	}
	if after.files > before.files+16 {
		t.Errorf("open files grew from %d to %d", before.files, after.files)
	}
}

// everyURL lists the URLs of all formats of a server.
func everyURL(t *testing.T, o *origin) []string {
	t.Helper()
	var list []string
	for _, a := range o.Assets {
		for _, f := range formats {
			p, err := verify.Client{}.Open(t.Context(), o.ism(t, a.Name)+f.tail)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, p.URL)
			for _, r := range p.Renditions {
				for _, s := range r.Segments {
					list = append(list, s.URL)
				}
			}
		}
	}
	return list
}

// load asks for URLs in random order from four sides and returns how many answers
// came. The first answer of a URL is what the others are compared with.
func load(t *testing.T, list []string, length time.Duration) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var (
		mu    sync.Mutex
		known = map[string][md5.Size]byte{}
		count int
		wait  sync.WaitGroup
	)
	for range 4 {
		wait.Go(func() {
			for ctx.Err() == nil {
				address := list[rand.IntN(len(list))]
				a, err := verify.Client{}.Fetch(ctx, address)
				if ctx.Err() != nil {
					return
				}
				if err != nil || a.Status != 200 {
					t.Errorf("%s: status %d, %v", address, a.Status, err)
					return
				}
				sum := md5.Sum(a.Body)
				mu.Lock()
				before, seen := known[address]
				known[address] = sum
				count++
				mu.Unlock()
				if seen && before != sum {
					t.Errorf("%s: other bytes than before", address)
					return
				}
			}
		})
	}
	wait.Wait()
	return count
}

// used is what a process holds.
type used struct{ resident, files int } // KiB, descriptors

var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func usage(t *testing.T, pid int) used {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	match := resident.FindSubmatch(status)
	if match == nil {
		t.Fatalf("no VmRSS in %s", status)
	}
	kib, err := strconv.Atoi(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return used{resident: kib, files: len(files)}
}
