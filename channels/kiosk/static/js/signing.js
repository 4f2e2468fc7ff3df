/** Her signature, drawn on the kiosk's screen: in a call, or before she hands in. */
import { signCase } from "/static/chat/js/api.js";
import { canSign, openSigning } from "/static/chat/js/signature.js";
import { t } from "/static/chat/js/strings.js";

/** `page` = {session(), case(), told(words)}. Gives what resolves to whether she signed; null: there is nothing to be signed yet. */
export const signing = (page) => async () => {
  const file = page.case();
  if (!canSign(file)) return null;
  let signed = false;
  const dialog = openSigning(async (strokes) => {
    const made = await signCase(page.session(), file.case_no, strokes);
    signed = true;
    page.told(t("sign.signed", { version: made.version }));
  });
  await new Promise((done) => { dialog.addEventListener("close", done, { once: true }); });
  return signed;
};
