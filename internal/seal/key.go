package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// Sizes in bytes.
const (
	keyLen   = 32 // AES-256
	idLen    = 8
	nonceLen = 12
	tagLen   = 16
)

// key is a key with its id, which reveals nothing about the key.
type key struct {
	id   [idLen]byte
	aead cipher.AEAD
}

// errKey is the rule for the text of a key.
var errKey = errors.New("must be 64 hexadecimal digits, as `openssl rand -hex 32` prints them")

// parseKey reads a key.
func parseKey(text string) (key, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != keyLen {
		return key{}, errKey // without the cause, which quotes the text
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, errKey
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return key{}, errKey
	}
	sum := sha256.Sum256(append([]byte("id of a BIS camera key\x00"), raw...))
	return key{id: [idLen]byte(sum[:idLen]), aead: aead}, nil
}

// newKeyText returns a random key as text.
func newKeyText() string {
	raw := make([]byte, keyLen)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}
