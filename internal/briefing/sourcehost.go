package briefing

import "strings"

// schemePorts are the ports of addresses without one.
var schemePorts = map[string]string{
	"http": "80", "https": "443", "mjpeg+http": "80", "mjpeg+https": "443", "rtsp": "554", "rtsps": "322",
}

// Authority returns the host and the port that the credentials of the address are valid for. It is
// empty for an address without a host. A Sealer gets it as the host.
func (s Source) Authority() string {
	name, port := splitPort(s.Host)
	if name == "" {
		return ""
	}
	if port == "" {
		port = schemePorts[s.Scheme]
	}
	return strings.TrimSuffix(name, ".") + ":" + port
}
