package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Database is MongoDB. It is on when an address is set. Otherwise the embedded store is used.
type Database struct {
	URI   Secret // placeholders are replaced
	Adopt string // whether to run an old server's requests: "auto", "always" or "never"
}

// On reports whether MongoDB is the store.
func (d Database) On() bool { return d.URI != "" }

// Host returns the hosts of the address, without credentials and options.
func (d Database) Host() string {
	_, _, hosts, err := splitURI(string(d.URI))
	if err != nil {
		return "DATABASE_URI"
	}
	return hosts
}

// buildDatabase replaces the placeholders that old settings files have, and checks the address.
// Errors never show the address, because it contains a password.
func buildDatabase(f flags, vars map[string]string) (Database, error) {
	uri := vars["DATABASE_URI"]
	for _, name := range []string{"DATABASE_ID", "DATABASE_PASSWORD"} {
		if !strings.Contains(uri, "<"+name+">") {
			continue
		}
		if vars[name] == "" {
			return Database{}, fmt.Errorf("DATABASE_URI has <%s>, but %s is not set", name, name)
		}
		uri = strings.ReplaceAll(uri, "<"+name+">", vars[name])
	}
	if uri == "" {
		return Database{Adopt: f.Adopt}, nil
	}
	if err := checkURI(uri); err != nil {
		return Database{}, err
	}
	return Database{URI: Secret(uri), Adopt: f.Adopt}, nil
}

// errReserved is the usual reason why an address splits in the wrong places.
var errReserved = errors.New("DATABASE_URI must look like " +
	"mongodb://USER:PASSWORD@HOST:PORT/?replicaSet=NAME. " +
	"Reserved characters in the user and the password must be URL-escaped: " +
	"%40 for @, %3A for :, %2F for /, %25 for %")

// checkURI refuses an address that the driver would split in another way than its author meant.
// Pieces of the password would then be printed as hosts, and the driver quotes what it refuses.
func checkURI(uri string) error {
	user, password, hosts, err := splitURI(uri)
	if err != nil {
		return err
	}
	// The driver unescapes both, and splits at the first of these characters.
	for _, part := range []string{user, password} {
		if _, err := url.PathUnescape(part); err != nil || strings.ContainsAny(part, ":/") {
			return errReserved
		}
	}
	for host := range strings.SplitSeq(hosts, ",") {
		if !isServer(host) {
			return errReserved
		}
	}
	return nil
}

// splitURI splits an address where the driver splits it.
func splitURI(uri string) (user, password, hosts string, err error) {
	rest, ok := strings.CutPrefix(uri, "mongodb://")
	if !ok {
		rest, ok = strings.CutPrefix(uri, "mongodb+srv://")
	}
	if !ok {
		return "", "", "", errors.New("DATABASE_URI must begin with mongodb:// or mongodb+srv://")
	}
	if before, after, found := strings.Cut(rest, "@"); found {
		user, password, _ = strings.Cut(before, ":")
		rest = after
	}
	if strings.Contains(rest, "@") {
		return "", "", "", errReserved
	}
	hosts, _, _ = strings.Cut(rest, "/")
	return user, password, hosts, nil
}

// isServer reports whether s is a host with or without a port, or the escaped path of a Unix
// socket.
func isServer(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil { // no port
		return isHost(strings.Trim(s, "[]")) &&
			(strings.HasPrefix(s, "[") || !strings.Contains(s, ":"))
	}
	n, err := strconv.Atoi(port)
	return isHost(host) && err == nil && n > 0 && n <= 65_535
}
