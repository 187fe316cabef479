import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

interface Props {
  title: string;
  /** What stands before the title in the name of the tab. */
  news?: string | null | undefined;
  /** The address of the page before, for pages below others. */
  back?: string;
  /** What stands at the right of the title. */
  aside?: ReactNode;
  narrow?: boolean;
  children: ReactNode;
}

/** One page: its title, and its content. */
export function Page({ title, news, back, aside, narrow, children }: Props) {
  const { t } = useTranslation();
  const app = t("app.name");
  useEffect(() => { document.title = [news, title, app].filter(Boolean).join(" · "); }, [news, title, app]);
  return (
    <main id="main" className={narrow ? "page narrow" : "page"} tabIndex={-1}>
      <div className="head">
        {back && <Link className="back" href={back} aria-label={t("briefing.back")}>‹</Link>}
        <h1>{title}</h1>
        {aside}
      </div>
      {children}
    </main>
  );
}
