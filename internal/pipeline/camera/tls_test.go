package camera_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/pipeline"
	"bis/internal/pipeline/camera"
)

// certificate is a certificate of a test with its key.
type certificate struct {
	tls.Certificate
	fingerprint string
}

// newCertificate makes a certificate. Without an issuer it is signed by itself.
func newCertificate(t *testing.T, issuer *certificate, change func(*x509.Certificate)) *certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "cam"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		IsCA: issuer == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if change != nil {
		change(c)
	}
	parent, signer := c, any(key)
	if issuer != nil {
		parent, signer = issuer.Leaf, issuer.PrivateKey
	}
	return issue(t, c, parent, &key.PublicKey, signer, key)
}

func issue(t *testing.T, c, parent *x509.Certificate, public, signer, key any) *certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return &certificate{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, hex.EncodeToString(sum[:])}
}

// secureCamera is a camera behind TLS whose certificate can be exchanged. It returns its port's
// address and the number of requests that it has read.
func secureCamera(t *testing.T, host string, current func() *certificate, change func(*tls.Config)) (string, *atomic.Int64) {
	t.Helper()
	cfg := &tls.Config{MinVersion: tls.VersionTLS10, GetConfigForClient: nil}
	cfg.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &current().Certificate, nil }
	if change != nil {
		change(cfg)
	}
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	var requests atomic.Int64
	p := fixture(t, "baseline.jpg")
	serveRaw(t, tls.NewListener(l, cfg), func(c net.Conn, _ string, _ int) {
		requests.Add(1)
		_, _ = c.Write(join(okHead, "Content-Length: ", len(p), "\r\n\r\n", p))
	})
	return l.Addr().String(), &requests
}

func always(c *certificate) func() *certificate { return func() *certificate { return c } }

// A self-signed certificate is accepted at first use, reported before anything is sent, and from
// then on no other one is. The error names both fingerprints.
func TestTLS_pins_a_self_signed_certificate(t *testing.T) {
	t.Parallel()
	first, second := newCertificate(t, nil, nil), newCertificate(t, nil, nil)
	for _, kind := range []string{"https", "mjpeg+https"} {
		current := first
		var mu sync.Mutex
		at, requests := secureCamera(t, "127.0.0.1", func() *certificate { mu.Lock(); defer mu.Unlock(); return current }, nil)
		var pinned []string
		cfg := camera.Config{Pinned: func(fingerprint string) {
			if requests.Load() != 0 {
				t.Error("something was sent before the certificate was reported")
			}
			pinned = append(pinned, fingerprint)
		}}
		src := open(t, kind+"://me:hidden@"+at+"/", cfg)
		for range 3 {
			f, err := src.Frame(t.Context())
			isDrawn(t, kind, f, err)
		}
		if len(pinned) != 1 || pinned[0] != first.fingerprint {
			t.Errorf("%s: pinned %v, want %s once", kind, pinned, first.fingerprint)
		}
		mu.Lock()
		current = second
		mu.Unlock()
		before := requests.Load()
		for _, src := range []pipeline.Source{src, open(t, kind+"://me:hidden@"+at+"/", camera.Config{Pin: strings.ToUpper(first.fingerprint)})} {
			_, err := src.Frame(t.Context())
			isTrouble(t, kind, err, briefing.CameraRefused, briefing.TroubleChanged, "accepted sha256 "+first.fingerprint+", now sha256 "+second.fingerprint)
			if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Certificate != second.fingerprint {
				t.Errorf("%s: the refused certificate is not in %+v", kind, trouble)
			}
			if err == nil || !strings.Contains(err.Error(), first.fingerprint) || !strings.Contains(err.Error(), second.fingerprint) {
				t.Errorf("%s: %v, want both fingerprints", kind, err)
			}
		}
		if requests.Load() != before {
			t.Errorf("%s: a camera with another certificate got a request", kind)
		}
		f, err := open(t, kind+"://"+at+"/", camera.Config{Pin: second.fingerprint}).Frame(t.Context())
		isDrawn(t, kind+" with its pin", f, err)
	}
}

// Whatever the roots do not verify is pinned: expired, of another name, of an unknown issuer. What
// they verify is not, and may be exchanged.
func TestTLS_verifies_first(t *testing.T) {
	t.Parallel()
	ca := newCertificate(t, nil, nil)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	for name, c := range map[string]struct {
		change func(*x509.Certificate)
		pinned bool
	}{
		"good":          {nil, false},
		"expired":       {func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, true},
		"not yet valid": {func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }, true},
		"another host":  {func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} }, true},
		"no host":       {func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, nil }, true},
	} {
		var pinned []string
		cert := newCertificate(t, ca, c.change)
		at, _ := secureCamera(t, "127.0.0.1", always(cert), nil)
		cfg := camera.Config{Roots: roots, Pinned: func(f string) { pinned = append(pinned, f) }}
		f, err := open(t, "https://"+at+"/", cfg).Frame(t.Context())
		isDrawn(t, name, f, err)
		if (len(pinned) == 1) != c.pinned {
			t.Errorf("%s: pinned %v, want %v", name, pinned, c.pinned)
		}
	}
	good, other := newCertificate(t, ca, nil), newCertificate(t, nil, nil)
	current := good
	at, _ := secureCamera(t, "127.0.0.1", func() *certificate { return current }, nil)
	f, err := open(t, "https://"+at+"/", camera.Config{Roots: roots, Pin: other.fingerprint}).Frame(t.Context())
	isDrawn(t, "a verified one in place of the pinned one", f, err)
	src := open(t, "https://"+at+"/", camera.Config{Roots: roots})
	f, err = src.Frame(t.Context())
	isDrawn(t, "verified", f, err)
	current = other
	_, err = src.Frame(t.Context())
	isTrouble(t, "an unverified one in place of a verified one", err, briefing.CameraRefused, briefing.TroubleCertificate, "")
}

// A file has the accepted certificates of the default camera, a line for each host. It outlives
// the source.
func TestTLS_records_certificates_in_a_file(t *testing.T) {
	t.Parallel()
	first, second := newCertificate(t, nil, nil), newCertificate(t, nil, nil)
	file := filepath.Join(t.TempDir(), "data", "camera-certificates")
	at, _ := secureCamera(t, "127.0.0.1", always(first), nil)
	other, _ := secureCamera(t, "127.0.0.1", always(second), nil)
	for range 2 {
		f, err := open(t, "https://me:hidden@"+at+"/hidden", camera.Config{PinFile: file}).Frame(t.Context())
		isDrawn(t, "first", f, err)
	}
	f, err := open(t, "https://"+other+"/", camera.Config{PinFile: file}).Frame(t.Context())
	isDrawn(t, "another host", f, err)
	text, err := os.ReadFile(file)
	if want := first.fingerprint + " " + at + "\n" + second.fingerprint + " " + other + "\n"; err != nil || string(text) != want {
		t.Fatalf("the file has %q, %v; want %q", text, err, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(file, []byte(second.fingerprint+" "+at+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := open(t, "https://"+at+"/", camera.Config{PinFile: file})
	_, err = changed.Frame(t.Context())
	isTrouble(t, "of another certificate", err, briefing.CameraRefused, briefing.TroubleChanged, "*")
	if err == nil || !strings.Contains(err.Error(), "into camera-certificates if the camera was replaced") {
		t.Errorf("the operator reads %v", err)
	}
	// The operator accepts the new certificate by its fingerprint, or whatever comes by removing the line. No restart is needed.
	for _, line := range []string{first.fingerprint + " " + at + "\n", ""} {
		if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := changed.Frame(t.Context())
		isDrawn(t, "after the file was changed", f, err)
		if err := os.WriteFile(file, []byte(second.fingerprint+" "+at+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		changed = open(t, "https://"+at+"/", camera.Config{PinFile: file})
	}
	for _, broken := range []string{"x\n", first.fingerprint + "\n", "abc " + at + "\n"} {
		if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := camera.Open("https://"+at+"/", camera.Config{PinFile: file}); err == nil || !strings.Contains(err.Error(), "certificates of cameras") {
			t.Errorf("a file with %q: %v", broken, err)
		}
	}
}

// A file that cannot be written does not stop the camera: the log says so.
func TestTLS_goes_on_without_its_file(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var log syncBuilder
	at, _ := secureCamera(t, "127.0.0.1", always(newCertificate(t, nil, nil)), nil)
	src, err := camera.Open("https://"+at+"/", camera.Config{PinFile: filepath.Join(dir, "x", "y"), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err == nil {
		t.Cleanup(func() { src.Close() })
		t.Error("a path below a file can be read")
	}
	ro := filepath.Join(dir, "z")
	if err := os.MkdirAll(ro+".new", 0o700); err != nil { // the name of the temporary file is in use
		t.Fatal(err)
	}
	src, err = camera.Open("https://"+at+"/", camera.Config{PinFile: ro, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	for range 2 {
		f, err := src.Frame(t.Context())
		isDrawn(t, "without a file", f, err)
	}
	if !strings.Contains(log.String(), "until the next start") {
		t.Errorf("the log has %s", log.String())
	}
}

// Old cameras speak TLS 1.0 and 1.1, and exchange keys by RSA. They are pinned even if the roots
// verify them.
func TestTLS_of_old_cameras(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "cam"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert := issue(t, template, template, &key.PublicKey, key, key)
	roots := x509.NewCertPool()
	roots.AddCert(cert.Leaf)
	for name, change := range map[string]func(*tls.Config){
		"TLS 1.0": func(c *tls.Config) { c.MaxVersion = tls.VersionTLS10 },
		"TLS 1.1": func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 },
		"RSA key exchange": func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		},
		"3DES": func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}
		},
	} {
		at, _ := secureCamera(t, "127.0.0.1", always(cert), change)
		var pinned []string
		f, err := open(t, "https://"+at+"/", camera.Config{Roots: roots, Pinned: func(f string) { pinned = append(pinned, f) }}).Frame(t.Context())
		isDrawn(t, name, f, err)
		if len(pinned) != 1 {
			t.Errorf("%s: pinned %v", name, pinned)
		}
	}
	at, _ := secureCamera(t, "127.0.0.1", always(cert), func(c *tls.Config) {
		c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_RC4_128_SHA}
	})
	_, err = open(t, "https://"+at+"/", camera.Config{}).Frame(t.Context())
	isTrouble(t, "RC4", err, briefing.CameraRefused, briefing.TroubleTLS, "")
}

// A camera may lead to its own https port, whose certificate is pinned. The certificate of another
// host must be verified.
func TestTLS_behind_redirects(t *testing.T) {
	t.Parallel()
	own := newCertificate(t, nil, nil)
	secure, _ := secureCamera(t, "127.0.0.1", always(own), nil)
	other, calls := secureCamera(t, "127.0.0.2", always(own), nil)
	lead := func(to string) string {
		return fixed(t, "HTTP/1.1 302 Found\r\nLocation: https://"+to+"/\r\nContent-Length: 0\r\n\r\n")
	}
	for _, kind := range kinds {
		var pinned []string
		f, err := open(t, kind+"://me:hidden@"+lead(secure)+"/", camera.Config{Pinned: func(f string) { pinned = append(pinned, f) }}).Frame(t.Context())
		isDrawn(t, kind, f, err)
		if len(pinned) != 1 || pinned[0] != own.fingerprint {
			t.Errorf("%s: pinned %v", kind, pinned)
		}
		_, err = open(t, kind+"://me:hidden@"+lead(other)+"/", camera.Config{Pin: own.fingerprint}).Frame(t.Context())
		isTrouble(t, kind, err, briefing.CameraRefused, briefing.TroubleCertificate, "")
	}
	if calls.Load() != 0 {
		t.Error("another host with an unverified certificate got a request")
	}
	// From https to http nothing is followed.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	plain := rawCamera(t, func(_ net.Conn, request string, _ int) { t.Errorf("in clear: %q", request) })
	serveRaw(t, tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{own.Certificate}}), func(c net.Conn, _ string, _ int) {
		_, _ = c.Write(join("HTTP/1.1 302 Found\r\nLocation: http://", plain, "/\r\n\r\n"))
	})
	_, err = open(t, "https://me:hidden@"+l.Addr().String()+"/", camera.Config{}).Frame(t.Context())
	isTrouble(t, "to http", err, briefing.CameraRefused, briefing.TroubleRedirect, "")
}

// Basic that was asked for over https is not sent over http, where nothing was asked for.
func TestLogin_is_per_scheme_and_port(t *testing.T) {
	t.Parallel()
	cert := newCertificate(t, nil, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := fixture(t, "baseline.jpg")
	serveRaw(t, tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert.Certificate}}), func(c net.Conn, request string, _ int) {
		if !strings.Contains(request, "Authorization: Basic ") {
			_, _ = c.Write(join("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\n\r\n"))
			return
		}
		_, _ = c.Write(join(okHead, "\r\n", p))
	})
	at := rawCamera(t, func(c net.Conn, request string, _ int) {
		if strings.Contains(request, "Authorization") {
			t.Errorf("in clear: %q", request)
		}
		_, _ = c.Write(join("HTTP/1.1 302 Found\r\nLocation: https://", l.Addr(), "/\r\n\r\n"))
	})
	src := open(t, "http://me:hidden@"+at+"/", camera.Config{})
	for range 2 {
		f, err := src.Frame(t.Context())
		isDrawn(t, "by way of https", f, err)
	}
}

// syncBuilder is a log that several goroutines write.
type syncBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuilder) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuilder) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
