"""Files of sound and pictures, as cameras and microphones write them: decoded by PyAV, which carries FFmpeg."""
