package blur

import "time"

// WaitLong lets pictures wait for a search however long a slow machine needs.
func (b *Blur) WaitLong() { b.gate.wait = time.Hour }
