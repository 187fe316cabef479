package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	mongooptions "go.mongodb.org/mongo-driver/v2/mongo/options"

	"bis/internal/store/mongo/mongotest"
)

// secured starts a database that demands a user's password.
func secured(t *testing.T, user, password string) *mongotest.Server {
	t.Helper()
	server := mongotest.Own(t, "--sync-on-commit")
	client, err := mongo.Connect(mongooptions.Client().ApplyURI(server.URI()))
	if err != nil {
		t.Fatal(err)
	}
	err = client.Database("admin").RunCommand(t.Context(), bson.D{{Key: "createUser", Value: user}, {Key: "pwd", Value: password},
		{Key: "roles", Value: bson.A{bson.D{{Key: "role", Value: "readWrite"}, {Key: "db", Value: "BIS"}}}}}).Err()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Disconnect(context.Background()); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	server.Arguments("--sync-on-commit", "--auth")
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	return server
}

// TestEnvFile starts the server with the unchanged settings file of the old server, placeholders
// included, and nothing else.
func TestEnvFile(t *testing.T) {
	t.Parallel()
	mongotest.Need(t)
	server := secured(t, "your_id", "your_pw!")
	lines := "DATABASE_ID=\"your_id\"\nDATABASE_PASSWORD=\"%s\"\n" +
		"DATABASE_URI=mongodb://<DATABASE_ID>:<DATABASE_PASSWORD>@" + server.Addr() + "/?directConnection=true\nOPENAI_API_KEY=\n"
	data := t.TempDir()
	file := filepath.Join(data, ".env.production")
	if err := os.WriteFile(file, fmt.Appendf(nil, lines, "your_pw%21"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := startChild(t, options{data: data})
	if got := form(t, c, "/login", url.Values{"username": {"kim"}}); !strings.Contains(got, "signup") {
		t.Errorf("/login: %s", got)
	}
	if !strings.Contains(c.out.String(), "MongoDB at "+server.Addr()) {
		t.Errorf("the greeting: %s", c.out)
	}
	c.stop(t)
	if said := c.out.String() + c.errs.String(); strings.Contains(said, "your_pw") {
		t.Errorf("the password is in the output: %s", said)
	}
	if err := os.WriteFile(file, fmt.Appendf(nil, lines, "wrong_pw"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := exits(t, options{data: data})
	if code != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "DATABASE_ID") || strings.Contains(said, "wrong_pw") {
		t.Errorf("with a wrong password: exit code %d, %q", code, said)
	}
}
