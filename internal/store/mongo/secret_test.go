package mongo

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"
)

// No error of Open shows a part of the password, for any malformed address. The driver's own errors
// quote parts of it.
func TestOpen_does_not_show_the_password(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var all sync.WaitGroup
	defer all.Wait()
	for _, uri := range []string{
		"mongodb://shop:ab@c:S3cretTail/xyz@db.example.invalid:27017/",
		"mongodb://shop:ab@S3cretTail/xyz@127.0.0.1:9/",
		"mongodb+srv://shop:ab@S3cretTail/xyz@db.example.invalid/",
		"mongodb://shop:S3cretTail/x@127.0.0.1:9/",
		"mongodb://shop:S3cretTail%zz@127.0.0.1:9/",
		"mongodb://shop:%S3cretTail@127.0.0.1:9/",
		"mongodb://shop:ab:S3cretTail@127.0.0.1:9/",
		"mongodb://shop:S3cretTail",
		"mongodb://127.0.0.1:S3cretTail/",
		"mongodb://127.0.0.1:9?S3cretTail",
		"mongodb://127.0.0.1:9/?S3cretTail",
		"mongodb://127.0.0.1:9/?w=S3cretTail&connect=S3cretTail",
		"mongodb://127.0.0.1:9/?maxPoolSize=S3cretTail",
		"mongodb://127.0.0.1:9/?authMechanism=S3cretTail",
		"mongodb://a:b@127.0.0.1:9/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN=S3cretTail,x",
		"mongodb://127.0.0.1:9/?tlsCertificateKeyFile=missing.pem&tlsCertificateKeyFilePassword=S3cretTail",
		"mongodb://127.0.0.1:9/S3cret Tail.x?tls=S3cretTail",
		"mongodb://shop:S3cretTail@127.0.0.1:9/?directConnection=true&serverSelectionTimeoutMS=1",
		"http://shop:S3cretTail@127.0.0.1:9/",
		"S3cretTail",
	} {
		all.Go(func() { // at once, because some wait for an answer
			st, err := Open(ctx, Config{URI: uri})
			if err == nil {
				_ = st.Close()
				t.Errorf("%s was opened", uri)
				return
			}
			for _, piece := range []string{"S3cret", "Tail", "shop:"} {
				if strings.Contains(err.Error(), piece) {
					t.Errorf("%s gives %v, which holds %q", uri, err, piece)
				}
			}
			if !strings.Contains(err.Error(), "DATABASE_URI") {
				t.Errorf("%s gives %v, want the setting's name", uri, err)
			}
		})
	}
}
