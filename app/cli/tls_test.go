package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"manifold/app"
)

// certificate writes a certificate for this machine and its key.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	bits, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key, pool = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), x509.NewCertPool()
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: bits}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return cert, key, pool
}

// With a certificate the same bytes come by HTTPS, in either version of HTTP.
func TestServeOverTLS(t *testing.T) {
	root, _, _ := assets(t)
	t.Setenv("MANIFOLD_DATA", t.TempDir())
	cert, key, pool := certificate(t)
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	r, w := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int)
	go func() {
		ended <- start(ctx, []string{"serve", "--json", "--log-level", "error", "--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key, filepath.Join(root, "good")}, w, &errs, nil)
		w.Close()
	}()
	line, err := bufio.NewReader(r).ReadBytes('\n')
	var d app.Document
	if err == nil {
		err = json.Unmarshal(line, &d)
	}
	if err != nil || !strings.HasPrefix(d.BaseURL, "https://127.0.0.1:") {
		t.Fatalf("%v, %s: %s", err, d.BaseURL, errs.String())
	}
	var bodies [2][]byte
	for i, version := range []int{1, 2} {
		client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: version == 2}}
		for _, p := range d.Assets[0].Locators[0].StreamingPaths[0].Paths {
			a, err := client.Get(d.BaseURL + p)
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.Copy(io.Discard, a.Body)
			a.Body.Close()
			if err != nil || a.StatusCode != 200 || a.ProtoMajor != version {
				t.Fatalf("%s answers %d by HTTP/%d, %v", p, a.StatusCode, a.ProtoMajor, err)
			}
		}
		base := d.BaseURL + "/" + d.Assets[0].Locators[0].ID + "/" + d.Assets[0].Locators[0].ISM
		a, err := client.Get(base + "/manifest")
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(a.Body)
		a.Body.Close()
		_, rate, _ := strings.Cut(string(b), `Type="video"`)
		_, rate, _ = strings.Cut(rate, ` Bitrate="`)
		rate, _, _ = strings.Cut(rate, `"`)
		if a, err = client.Get(base + "/QualityLevels(" + rate + ")/Fragments(video=0,format=m3u8-cmaf)"); err != nil {
			t.Fatal(err)
		}
		bodies[i], err = io.ReadAll(a.Body)
		a.Body.Close()
		if err != nil || a.StatusCode != 200 || len(bodies[i]) == 0 || int64(len(bodies[i])) != a.ContentLength {
			t.Errorf("%d of %d bytes, status %d, %v", len(bodies[i]), a.ContentLength, a.StatusCode, err)
		}
	}
	if !bytes.Equal(bodies[0], bodies[1]) {
		t.Error("HTTP/1.1 and HTTP/2 give different bytes")
	}
	interrupt()
	if code := <-ended; code != 0 {
		t.Errorf("it ends with %d: %s", code, errs.String())
	}
	for _, args := range [][]string{{"serve", "--tls-cert", cert}, {"serve", "--tls-key", key}} {
		if code := start(context.Background(), args, io.Discard, io.Discard, nil); code != 2 {
			t.Errorf("%q ends with %d", args, code)
		}
	}
	var said bytes.Buffer
	if code := start(context.Background(), []string{"serve", "--tls-cert", key, "--tls-key", key, root}, io.Discard, &said, nil); code != 1 || !strings.Contains(said.String(), "cannot be used") {
		t.Errorf("a key for a certificate: %d, %s", code, said.String())
	}
}
