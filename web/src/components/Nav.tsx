import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { Icon, type IconName } from "./Icon";

const entries: { to: string; name: IconName & ("now" | "timeline" | "summary" | "settings"); of: RegExp }[] = [
  { to: "/", name: "now", of: /^\/(start)?$/ },
  { to: "/timeline", name: "timeline", of: /^\/(timeline|requests|r\/[^/]+(\/(?!summary).+)?$)/ },
  { to: "/summary", name: "summary", of: /summary$/ },
  { to: "/settings", name: "settings", of: /^\/(settings|style|cameras)/ },
];

/** The four places of the console: a bar at the thumb, a rail on wide screens. */
export function Nav() {
  const { t } = useTranslation();
  const [path] = useLocation();
  return (
    <nav className="nav" aria-label={t("nav.label")}>
      {entries.map(({ to, name, of }) => (
        <Link key={to} href={to} aria-current={of.test(path) ? "page" : undefined}>
          <Icon name={name} />
          {t(`nav.${name}`)}
        </Link>
      ))}
    </nav>
  );
}
