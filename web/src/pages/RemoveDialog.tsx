import { useState } from "react";
import { useLocation } from "wouter";
import { useMutation } from "urql";
import { Confirm } from "../components/Confirm";
import { DeleteCameraDocument } from "../graphql/pageDocuments";
import type { CameraRowFragment } from "../graphql/types";
import { useCameraErrorText } from "../hooks/useCameraErrorText";
import { useToast } from "../hooks/useToast";
import { useCameraTexts } from "../i18n/cameras";

/** Asks before it deletes a camera. A camera in use says so. */
export default function RemoveDialog({ camera: { id, name }, onClose }: { camera: CameraRowFragment; onClose: () => void }) {
  const { t: c } = useCameraTexts();
  const [, go] = useLocation();
  const toast = useToast();
  const errorText = useCameraErrorText();
  const [{ fetching }, remove] = useMutation(DeleteCameraDocument);
  const [problem, setProblem] = useState("");
  const confirm = async () => {
    setProblem("");
    const { error } = await remove({ id });
    if (error) { setProblem(errorText(error)); return; }
    toast(c("removed"));
    go("/cameras");
  };
  return (
    <Confirm
      title={c("removeTitle")} text={c("removeText", { name })} action={c("removeGo")} bad
      busy={fetching} problem={problem} onConfirm={() => { void confirm(); }} onCancel={onClose}
    />
  );
}
