package config

import (
	"errors"
	"net"
	"net/netip"
	"strings"
)

// doorFlags are the flags that say who may call from where.
type doorFlags struct {
	Hosts       string `setting:"BIS_HOSTS" default:"" placeholder:"NAME,..." help:"Host names that the server answers to, besides localhost and IP addresses. Ports do not matter."`
	Origins     string `setting:"BIS_ORIGINS" default:"" placeholder:"ORIGIN,..." help:"Web origins whose pages may call, besides the same host and loopback."`
	Proxies     string `name:"trusted-proxies" setting:"BIS_TRUSTED_PROXIES" default:"" placeholder:"ADDRESS,..." help:"Proxies whose X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto are believed: IP addresses, or networks such as 10.0.0.0/8."`
	LegacyCORS  bool   `name:"legacy-cors" setting:"BIS_LEGACY_CORS" default:"false" help:"Let web pages of every origin call the old paths, as the old server did, but without credentials."`
	Explorers   string `setting:"BIS_EXPLORERS" default:"on" enum:"on,off" help:"Whether GraphiQL and Playground are there: on or off."`
	Frames      string `setting:"BIS_FRAMES" default:"" enum:"last,none," shown:"last on loopback, else none" placeholder:"last|none" help:"Whether each camera's last picture stays in memory, for the console: last or none."`
	MetricsAddr string `name:"metrics-addr" setting:"BIS_METRICS_ADDR" default:"" placeholder:"HOST:PORT" help:"Where to serve /metrics instead of beside the other paths."`
}

// apply checks the flags and sets their fields of cfg.
func (f doorFlags) apply(cfg *Config) (err error) {
	if cfg.Hosts, err = splitHosts(f.Hosts); err != nil {
		return err
	}
	if cfg.Origins, err = splitOrigins(f.Origins); err != nil {
		return err
	}
	if cfg.Proxies, err = splitProxies(f.Proxies); err != nil {
		return err
	}
	if f.MetricsAddr != "" {
		if host, _, err := net.SplitHostPort(f.MetricsAddr); err != nil || host != "" && !isHost(host) {
			return errors.New("--metrics-addr must be HOST:PORT, such as 127.0.0.1:9000")
		}
	}
	cfg.KeepFrames = f.Frames == "last" || f.Frames == "" && loopback(cfg.Addr)
	cfg.LegacyCORS, cfg.Explorers, cfg.MetricsAddr = f.LegacyCORS, f.Explorers == "on", f.MetricsAddr
	return nil
}

// list splits a list with commas. Spaces around its parts do not matter, and empty parts are left
// out.
func list(text string) []string {
	var all []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// splitHosts splits and checks the list of host names.
func splitHosts(text string) ([]string, error) {
	all := list(text)
	for _, name := range all {
		host := name
		if before, _, err := net.SplitHostPort(name); err == nil {
			host = before
		}
		if strings.Contains(name, "/") || !isHost(strings.Trim(host, "[]")) {
			return nil, errors.New("--hosts must be host names such as shop.example")
		}
	}
	return all, nil
}

// splitOrigins splits and checks the list of origins.
func splitOrigins(text string) ([]string, error) {
	all := list(text)
	for i, o := range all {
		if !isOrigin(o) {
			return nil, errors.New("--origins must be origins such as https://shop.example")
		}
		all[i] = strings.TrimSuffix(o, "/") // browsers send origins without a slash
	}
	return all, nil
}

// splitProxies splits and checks the list of proxies. A single address is a network of one.
func splitProxies(text string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, part := range list(text) {
		prefix, err := netip.ParsePrefix(part)
		if addr, addrErr := netip.ParseAddr(part); addrErr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, errors.New("--trusted-proxies must be IP addresses or networks such as 10.0.0.0/8")
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}
