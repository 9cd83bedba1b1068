package demo

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
)

// vault keeps the pictures of identity documents that members had to send. They
// are sealed under the shop's own key (AES-256-GCM) with the member number
// authenticated, and are in no mail.
type vault struct {
	aead   cipher.AEAD
	sealed map[string][]byte // by member number
}

func newVault() (*vault, error) {
	var key [32]byte
	_, _ = rand.Read(key[:])
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("make key of vault: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make key of vault: %w", err)
	}
	return &vault{aead, map[string][]byte{}}, nil
}

func (v *vault) keep(member string, picture []byte) {
	v.sealed[member] = v.aead.Seal(nil, nil, picture, []byte(member))
}

func (v *vault) open(member string) ([]byte, error) {
	picture, err := v.aead.Open(nil, nil, v.sealed[member], []byte(member))
	if err != nil {
		return nil, fmt.Errorf("open picture of a member: %w", err)
	}
	return picture, nil
}

// identityPicture is a small PNG that stands for the photo of a document: stripes
// that differ from member to member.
func identityPicture(member string) ([]byte, error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(member))
	sum := h.Sum32()
	img := image.NewPaletted(image.Rect(0, 0, 32, 20), color.Palette{color.White, color.Black})
	for i := range img.Pix {
		img.Pix[i] = uint8(sum >> (i % 32) & 1) //nolint:gosec // one bit
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw picture: %w", err)
	}
	return b.Bytes(), nil
}
