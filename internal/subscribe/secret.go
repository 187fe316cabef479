package subscribe

import "crypto/rand"

// secret is a name that nobody can guess: at least 128 bits.
func secret() string { return rand.Text() }
