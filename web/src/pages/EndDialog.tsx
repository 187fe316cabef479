import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Confirm } from "../components/Confirm";
import { EndDocument } from "../graphql/documents";
import { useErrorText } from "../hooks/useErrorText";
import { useUser } from "../hooks/useUser";

/** Asks before it ends the briefings of a camera. */
export default function EndDialog({ cameraId, onClose }: { cameraId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const username = useUser();
  const errorText = useErrorText();
  const [{ fetching }, end] = useMutation(EndDocument);
  const [problem, setProblem] = useState("");
  const go = async () => {
    setProblem("");
    const { error } = await end({ username, cameraId });
    if (error) setProblem(errorText(error));
    else onClose();
  };
  return (
    <Confirm
      title={t("now.endConfirm")} text={t("now.endText")} action={t("now.end")}
      busy={fetching} problem={problem} onConfirm={() => { void go(); }} onCancel={onClose}
    />
  );
}
