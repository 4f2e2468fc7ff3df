/** Camera and microphone: what can be had of them, and why not more. */

const REASONS = { NotAllowedError: "camera_refused", SecurityError: "camera_refused", NotFoundError: "no_camera", OverconstrainedError: "no_camera" };
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Whether this browser can call at all; outside https it has no camera. */
export const possible = () => Boolean(navigator.mediaDevices?.getUserMedia && window.RTCPeerConnection);

/**
 * Opens the microphone and, for a video call, the camera. Resolves to {sound, picture, why}: tracks, the second null where there is
 * none, and why then (camera_refused, no_camera, camera_busy, or "" where none was wanted). Rejects where there is no microphone.
 */
export async function openMedia(kind) {
  if (kind === "video") {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND, video: PICTURE });
      return { sound: stream.getAudioTracks()[0], picture: stream.getVideoTracks()[0], why: "" };
    } catch (error) {
      const why = REASONS[error.name] ?? "camera_busy";
      return { ...(await onlySound()), why };
    }
  }
  return onlySound();
}

async function onlySound() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND, video: false });
  return { sound: stream.getAudioTracks()[0], picture: null, why: "" };
}

/** A camera alone: "user" looks at her, "environment" at what is before her; `sharp` asks for all it has. Rejects with a reason as `why`. */
export async function openCamera(facing, sharp = false) {
  const size = sharp ? { width: { ideal: 4096 }, height: { ideal: 2160 } } : PICTURE;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, facingMode: { ideal: facing } } });
    return stream.getVideoTracks()[0];
  } catch (error) {
    throw Object.assign(error, { why: REASONS[error.name] ?? "camera_busy" });
  }
}

/** One still of a camera at the best it can, as JPEG. */
export async function still(track, video) {
  if (window.ImageCapture) {
    try {
      const photo = await new ImageCapture(track).takePhoto();
      if (photo.type === "image/jpeg" && photo.size) return photo;
    } catch { /* some cameras give no photos: a frame does */ }
  }
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.92); });
}
