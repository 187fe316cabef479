// Package seal encrypts the credentials of cameras, so that a copy of the store alone reveals none.
//
// # Promises
//
// Credentials are encrypted by AES-256-GCM, with a random nonce for each. The host that they are
// valid for is authenticated with them: what was sealed for one host cannot be opened for another.
// Sealed bytes name their key, so a key can be replaced without a moment in which credentials
// cannot be opened.
//
// A key is a setting, or a file in the data folder that is made when it is first needed. No error
// has any part of a key, of credentials or of a host.
//
// # What it leaves to others
//
// The store has the sealed bytes. Which host credentials are valid for is briefing.Source's.
package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"

	"bis/internal/briefing"
)

// Config says where the keys are.
type Config struct {
	// Key is the key that seals: 64 hexadecimal digits. Empty means the key file of Dir.
	Key string
	// OldKey also opens what it has sealed. Empty means that there is none.
	OldKey string
	// Dir is the data folder with the key file. Empty means that there is no key file.
	Dir string
}

// Sealer implements briefing.Sealer. It is safe for concurrent use.
type Sealer struct {
	dir string // folder of the key file; empty: none

	mu    sync.Mutex // guards the fields below
	keys  []key      // all open
	seals bool       // the first key also seals
}

var _ briefing.Sealer = (*Sealer)(nil)

// New reads the keys and returns a sealer. It makes no key. Its error is a sentence about the key
// or the key file that cannot be used.
func New(cfg Config) (*Sealer, error) {
	s := &Sealer{dir: cfg.Dir}
	if err := s.addSetting("BIS_CAMERA_KEY", cfg.Key); err != nil {
		return nil, err
	}
	if err := s.addFile(cfg.Dir, FileName); err != nil {
		return nil, err
	}
	s.seals = len(s.keys) > 0
	if err := s.addSetting("BIS_CAMERA_OLD_KEY", cfg.OldKey); err != nil {
		return nil, err
	}
	// While a rotation is not complete, some credentials are sealed with the next key.
	return s, s.addFile(cfg.Dir, nextName)
}

// addSetting adds the key of a setting, unless that is empty.
func (s *Sealer) addSetting(name, text string) error {
	if text == "" {
		return nil
	}
	k, err := parseKey(text)
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	s.keys = append(s.keys, k)
	return nil
}

// addFile adds the key of a key file, if there is a folder and the file in it.
func (s *Sealer) addFile(dir, name string) error {
	if dir == "" {
		return nil
	}
	k, ok, err := readKey(dir, name)
	if ok {
		s.keys = append(s.keys, k)
	}
	return err
}

// The layout of sealed bytes: version, id of the key, nonce, encrypted credentials.
const (
	version   = 1
	headLen   = 1 + idLen
	sealedLen = headLen + nonceLen + tagLen // at least
)

// Seal implements briefing.Sealer. The first call makes the key file if that is where the key is.
func (s *Sealer) Seal(plain, host string) ([]byte, error) {
	k, err := s.sealing()
	if err != nil {
		return nil, err
	}
	sealed := append([]byte{version}, k.id[:]...)
	sealed = append(sealed, make([]byte, nonceLen)...)
	nonce := sealed[headLen:]
	_, _ = rand.Read(nonce) // never fails
	return k.aead.Seal(sealed, nonce, []byte(plain), bound(sealed[:headLen], host)), nil
}

// sealing returns the key that seals, and makes it if there is none yet.
func (s *Sealer) sealing() (key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seals && s.dir != "" {
		k, err := makeKey(s.dir, FileName)
		if err != nil {
			return key{}, fmt.Errorf("%w: %w", briefing.ErrUnavailable, err)
		}
		s.keys, s.seals = slices.Insert(s.keys, 0, k), true
	}
	if !s.seals {
		return key{}, fmt.Errorf("%w: there is no key for the credentials of cameras; "+
			"set BIS_CAMERA_KEY", briefing.ErrUnavailable)
	}
	return s.keys[0], nil
}

// Errors of Open.
var (
	errShape   = errors.New("sealed credentials are damaged, or were sealed for another host")
	errUnknown = errors.New("credentials were sealed with a key that this server does not have")
)

// Open implements briefing.Sealer.
func (s *Sealer) Open(sealed []byte, host string) (string, error) {
	if len(sealed) < sealedLen || sealed[0] != version {
		return "", errShape
	}
	k, ok := s.find(sealed)
	if !ok {
		return "", errUnknown
	}
	nonce := sealed[headLen : headLen+nonceLen]
	plain, err := k.aead.Open(nil, nonce, sealed[headLen+nonceLen:], bound(sealed[:headLen], host))
	if err != nil {
		return "", errShape
	}
	return string(plain), nil
}

// find returns the key that has sealed some bytes.
func (s *Sealer) find(sealed []byte) (key, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if [idLen]byte(sealed[1:headLen]) == k.id {
			return k, true
		}
	}
	return key{}, false
}

// bound is what is authenticated besides the credentials.
func bound(head []byte, host string) []byte {
	return append(slices.Clone(head), host...)
}

// Current reports whether some bytes were sealed with the key that seals now.
func (s *Sealer) Current(sealed []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seals && len(sealed) >= sealedLen &&
		[idLen]byte(sealed[1:headLen]) == s.keys[0].id
}

// Reseal returns sealed bytes of another sealer as this one seals them. Bytes that this sealer has
// sealed itself stay as they are.
func (s *Sealer) Reseal(from *Sealer, sealed []byte, host string) ([]byte, error) {
	if len(sealed) == 0 || s.Current(sealed) {
		return sealed, nil
	}
	plain, err := from.Open(sealed, host)
	if err != nil {
		return nil, err
	}
	return s.Seal(plain, host)
}
