/** A dialog made for one occasion: shown, and gone from the page once it is closed, with focus back where it was. */

export function popup(dialog, opener = document.activeElement) {
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
