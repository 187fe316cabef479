package mongo

import (
	"testing"
	"time"
)

// Acknowledged writes must survive the loss of a member and of power, and no call may wait longer
// than promised. The tests' database has one member, so no other test would notice a weaker
// setting.
func TestOptions_of_the_clients(t *testing.T) {
	t.Parallel()
	s := &Store{cfg: Config{URI: "mongodb://localhost/?w=1&journal=false&serverSelectionTimeoutMS=60000"}}
	o := s.options()
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	if w := o.WriteConcern; w == nil || w.W != "majority" || w.Journal == nil || !*w.Journal {
		t.Errorf("write concern %+v, want majority with journal whatever the address says", w)
	}
	if r := o.ReadConcern; r == nil || r.Level != "majority" {
		t.Errorf("read concern %+v, want majority", r)
	}
	if d := o.ServerSelectionTimeout; d == nil || *d != 3*time.Second {
		t.Errorf("looking for a server takes %v, want 3 s", d)
	}
	if o.Timeout != nil {
		t.Errorf("the stream's client has a timeout of %v, which would end an idle stream", *o.Timeout)
	}
	if n := o.MaxPoolSize; n == nil || *n != 16 {
		t.Errorf("a client has at most %v connections, want 16", n)
	}
	s.cfg.URI = "mongodb://localhost/?maxPoolSize=40"
	if n := s.options().MaxPoolSize; n == nil || *n != 40 {
		t.Errorf("a client has at most %v connections, want the 40 of the address", n)
	}
	if callTime != 4500*time.Millisecond {
		t.Errorf("a call takes %v, want 4.5 s", callTime)
	}
}
