import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "./Icon";

/** A sentence in the place of content that there is not, with the next step. */
export function Note({ icon = "empty", title, text, children }: { icon?: IconName; title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="card note">
      <Icon name={icon} />
      <strong>{title}</strong>
      {text && <p className="soft">{text}</p>}
      {children}
    </div>
  );
}

/** Trouble in the owner's language, with a button that tries again. */
export function Trouble({ text, onRetry }: { text: string; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <Note icon="alert" title={t("error.title")} text={text}>
        <button className="btn go" onClick={onRetry}>{t("error.retry")}</button>
      </Note>
    </div>
  );
}
