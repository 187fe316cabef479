import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Confirm } from "../components/Confirm";
import { EndDocument } from "../graphql/documents";
import { useErrorText } from "../hooks/useErrorText";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";

/** Asks before it ends the briefings. */
export default function EndDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const [{ fetching }, end] = useMutation(EndDocument);
  const go = async () => {
    const { error } = await end({ username });
    if (error) toast(errorText(error));
    onClose();
  };
  return (
    <Confirm title={t("now.endConfirm")} text={t("now.endText")} busy={fetching} onCancel={onClose}>
      <button className="btn go" disabled={fetching} onClick={() => { void go(); }}>{t("now.end")}</button>
    </Confirm>
  );
}
