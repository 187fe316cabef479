// An address, or a host with or without a port. A login, a path and a query are not part of the id.
const form = /^(?:(https?):\/\/)?(?![a-z+.-]*:\/\/)(?:[^/?#]*@)?(?:\[([\da-f:.]+)\]|([\da-f]*:[\da-f]*:[\da-f:.]*)|([\p{L}\p{M}\p{N}._-]+))(?::(\d*))?(?:[/?#].*)?$/iu;

/**
 * The id of a provider, as the server derives it from an address: the host in lower case, and the
 * port unless that is the one of https. It is undefined for a text that is no address.
 */
export function providerId(text: string): string | undefined {
  const [, scheme, bracketed, bare, name, typed] = form.exec(text.trim().toLowerCase()) ?? [];
  const host = bracketed ?? bare ?? name?.replace(/\.$/, "");
  const isPlain = scheme === "http";
  const port = typed ? Number(typed) : isPlain ? 80 : 443;
  if (!host || port < 1 || port > 65_535) return undefined;
  if (port === 443 && !isPlain) return host;
  return `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}
