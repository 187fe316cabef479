import { useTranslation } from "react-i18next";

/** Grey areas in the place of what is being loaded. */
export function Bones({ heights = [180, 130] }: { heights?: number[] }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      <span className="hidden">{t("app.loading")}</span>
      {heights.map((height, i) => <div key={i} className="bone" style={{ height }} />)}
    </div>
  );
}
