package camera

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// pins decides about the certificates of one camera. A certificate that the system's roots and the
// name verify is accepted. Any other one is accepted at first use, and from then on no other one
// but that, or a verified one.
//
// A camera that was once verified in this process is never accepted unverified: an attacker could
// otherwise exchange a good certificate for one of his own. It is safe for concurrent use.
type pins struct {
	cfg  *Config
	host string // in the file of pins

	mu       sync.Mutex // guards the fields below
	pin      string     // the accepted fingerprint; empty: none yet
	filed    bool       // the file of pins had it
	verified bool
}

// newPins returns the pins of a configuration and a host. A file of pins that cannot be read is an
// error: to ignore it would accept any certificate.
func newPins(cfg Config, host string) (*pins, error) {
	p := &pins{cfg: &cfg, host: host, pin: strings.ToLower(cfg.Pin)}
	if cfg.PinFile != "" {
		pin, err := readPin(cfg.PinFile, host)
		if err != nil {
			return nil, err
		}
		p.pin, p.filed = cmp.Or(pin, p.pin), pin != ""
	}
	return p, nil
}

// accept records a certificate at first use. The caller must hold mu.
func (p *pins) accept(fingerprint string) {
	p.pin = fingerprint
	p.cfg.Log.Info("camera certificate accepted at first use", "sha256", fingerprint)
	if p.cfg.PinFile != "" {
		err := writePin(p.cfg.PinFile, p.host, fingerprint)
		if p.filed = err == nil; !p.filed {
			p.cfg.Log.Warn("camera certificate is accepted until the next start only", "err", err)
		}
	}
	if p.cfg.Pinned != nil {
		p.cfg.Pinned(fingerprint)
	}
}

// read reads the file of pins again, because its operator may have changed or removed the line
// since. The caller must hold mu.
func (p *pins) read() {
	if !p.filed {
		return
	}
	if pin, err := readPin(p.cfg.PinFile, p.host); err == nil {
		p.pin = pin
	}
}

// readPin returns the fingerprint of a host from a file with a line "fingerprint host" for each.
// It is empty if the file or the line does not exist.
func readPin(path, host string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("certificates of cameras: %w", err)
	}
	found := ""
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case len(f) != 2 || len(f[0]) != 2*sha256.Size:
			return "", fmt.Errorf("certificates of cameras: %s has a line that is no fingerprint "+
				"and host; remove that line to accept the certificate anew", path)
		case f[1] == host:
			found = strings.ToLower(f[0])
		}
	}
	return found, nil
}

// writePin adds the fingerprint of a host to a file. It replaces the file as a whole.
func writePin(path, host, fingerprint string) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary := path + ".new"
	text := string(old) + fingerprint + " " + host + "\n"
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// legacySuites are the cipher suites of old cameras, with RSA key exchange. They come after those
// of crypto/tls, so only a camera without better ones gets them.
var legacySuites = func() (ids []uint16) {
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	for _, s := range tls.InsecureCipherSuites() {
		if !strings.Contains(s.Name, "RC4") {
			ids = append(ids, s.ID)
		}
	}
	return ids
}()

// client makes a TLS connection to a host. own says that host is the camera's, and not one to which
// it leads: only the camera's own certificates are pinned. The error is a Trouble.
func (p *pins) client(
	ctx context.Context, conn net.Conn, host string, own bool,
) (net.Conn, error) {
	var verdict error
	c := tls.Client(conn, &tls.Config{
		ServerName: host,
		// VerifyConnection verifies instead, by the same rules first.
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10,
		CipherSuites:       legacySuites,
		NextProtos:         []string{"http/1.1"},
		VerifyConnection: func(s tls.ConnectionState) error {
			verdict = p.check(s, host, own)
			return verdict
		},
	})
	err := c.HandshakeContext(ctx)
	if err == nil {
		return c, nil
	}
	conn.Close()
	if verdict != nil {
		return nil, verdict
	}
	return nil, tlsTrouble(err)
}

// check decides about the certificate of a connection.
func (p *pins) check(s tls.ConnectionState, host string, own bool) error {
	if len(s.PeerCertificates) == 0 {
		return refused(briefing.TroubleTLS, "it has no certificate")
	}
	sum := sha256.Sum256(s.PeerCertificates[0].Raw)
	fingerprint := hex.EncodeToString(sum[:])
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trusted(s, host) {
		p.verified = p.verified || own
		return nil
	}
	if own && p.pin != fingerprint {
		p.read()
	}
	switch {
	case !own:
		return refused(briefing.TroubleCertificate, "certificate of another host is not verified")
	case p.pin == fingerprint:
		return nil
	case p.pin != "":
		return p.changed(fingerprint)
	case p.verified:
		return refused(briefing.TroubleCertificate,
			"certificate is no longer verified: now sha256 %s", fingerprint)
	}
	p.accept(fingerprint)
	return nil
}

// changed is the trouble of a certificate that is not the accepted one. The caller must hold mu.
func (p *pins) changed(fingerprint string) *pipeline.Trouble {
	next := ""
	if p.filed {
		next = "; write the new one in place of it into " + filepath.Base(p.cfg.PinFile) +
			" if the camera was replaced"
	}
	t := refused(briefing.TroubleChanged, "certificate has changed: accepted sha256 %s, now %s%s",
		p.pin, fingerprint, next)
	t.Words = "accepted sha256 " + p.pin + ", now sha256 " + fingerprint
	t.Certificate = fingerprint
	return t
}

// trusted reports whether roots and name verify a certificate, over a connection that a modern
// client would make.
func (p *pins) trusted(s tls.ConnectionState, host string) bool {
	if s.Version < tls.VersionTLS12 || legacySuite(s.CipherSuite) {
		return false
	}
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{
		DNSName: host, Roots: p.cfg.Roots, Intermediates: between,
	})
	return err == nil
}

// legacySuite reports whether a cipher suite is one of old cameras.
func legacySuite(id uint16) bool {
	for _, s := range tls.InsecureCipherSuites() {
		if s.ID == id {
			return true
		}
	}
	return false
}

// tlsTrouble returns the trouble of a failed handshake.
func tlsTrouble(err error) *pipeline.Trouble {
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		head := string(record.RecordHeader[:])
		switch {
		case strings.HasPrefix(head, "RTSP"):
			return refused(briefing.TroubleWantsRTSP, "the port speaks RTSP")
		case strings.HasPrefix(head, "SSH-"):
			return refused(briefing.TroubleOther, "the port speaks SSH")
		}
		return refused(briefing.TroubleNoTLS, "the port does not speak TLS")
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return refused(briefing.TroubleTLS, "the camera refuses: %w", op.Err) // an alert of TLS
	}
	var timeout net.Error
	_, failed := errors.AsType[syscall.Errno](err)
	if failed || errors.Is(err, io.EOF) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout() {
		return networkTrouble(err)
	}
	return refused(briefing.TroubleTLS, "the handshake fails")
}
