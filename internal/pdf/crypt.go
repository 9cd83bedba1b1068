package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // what the format asks for
	"crypto/rc4" //nolint:gosec // the same
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// crypt decrypts a file that opens without a password (ISO 32000-2 §7.6): such
// a file is encrypted only to say what its reader may do.
type crypt struct {
	key              []byte
	strings, streams cipherKind
	metadata         bool // metadata are encrypted too
}

type cipherKind uint8

const (
	noCipher cipherKind = iota
	useRC4
	useAES128
	useAES256
)

// padding stands for the password that is not given (ISO 32000-2 §7.6.4.3.2).
const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// unlock opens an encrypted file, and tells whether it could.
func (f *file) unlock() bool {
	d := f.dict(f.locked)
	if f.name(d.get("Filter")) != "Standard" {
		return false
	}
	c := &crypt{metadata: f.resolve(d.get("EncryptMetadata")) != false}
	switch v := f.number(d.get("V"), 0); v {
	case 1, 2:
		c.strings, c.streams = useRC4, useRC4
	case 4, 5:
		filters := f.dict(d.get("CF"))
		kind := func(key name) cipherKind {
			switch f.name(f.dict(filters.get(f.name(d.get(key)))).get("CFM")) {
			case "V2":
				return useRC4
			case "AESV2":
				return useAES128
			case "AESV3":
				return useAES256
			}
			return noCipher
		}
		c.strings, c.streams = kind("StrF"), kind("StmF")
	default:
		return false
	}
	if f.number(d.get("R"), 0) >= 5 {
		c.key = f.key256(d)
	} else {
		c.key = f.key128(d, c.metadata)
	}
	if c.key == nil {
		return false
	}
	f.crypt = c
	return true
}

func (f *file) bytes(v any) []byte {
	s, _ := f.resolve(v).(octets)
	return []byte(s)
}

// key128 is the key of RC4 and AES-128 files for the empty user password, nil
// if that is not the password (algorithms 2, 4, 5).
func (f *file) key128(d *dict, metadata bool) []byte {
	revision := f.number(d.get("R"), 2)
	n := 5
	if revision >= 3 {
		n = int(f.number(d.get("Length"), 40)) / 8
		if f.number(d.get("V"), 0) == 4 {
			n = 16
		}
	}
	owner, user := f.bytes(d.get("O")), f.bytes(d.get("U"))
	if n < 5 || n > 16 || len(owner) < 32 || len(user) < 32 {
		return nil
	}
	all := append([]byte(padding), owner[:32]...)
	all = binary.LittleEndian.AppendUint32(all, uint32(int64(f.number(d.get("P"), 0))))
	all = append(all, f.id...)
	if revision >= 4 && !metadata {
		all = append(all, 0xff, 0xff, 0xff, 0xff)
	}
	sum := md5.Sum(all) //nolint:gosec // what the format asks for
	if revision >= 3 {
		for range 50 {
			sum = md5.Sum(sum[:n]) //nolint:gosec // the same
		}
	}
	key := bytes.Clone(sum[:n])
	if revision == 2 {
		if !bytes.Equal(unRC4(key, []byte(padding)), user[:32]) {
			return nil
		}
		return key
	}
	check := md5.Sum(append([]byte(padding), f.id...)) //nolint:gosec // the same
	proof := check[:]
	for i := range 20 {
		round := bytes.Clone(key)
		for j := range round {
			round[j] ^= byte(i)
		}
		proof = unRC4(round, proof)
	}
	if !bytes.Equal(proof, user[:16]) {
		return nil
	}
	return key
}

// key256 is the key of AES-256 files for the empty user password (algorithm
// 2.A), nil if that is not the password.
func (f *file) key256(d *dict) []byte {
	user, sealed := f.bytes(d.get("U")), f.bytes(d.get("UE"))
	if len(user) < 48 || len(sealed) < 32 {
		return nil
	}
	hash := func(salt []byte) []byte {
		sum := sha256.Sum256(salt)
		return sum[:]
	}
	if f.number(d.get("R"), 0) >= 6 {
		hash = hardened
	}
	if !bytes.Equal(hash(user[32:40]), user[:32]) {
		return nil
	}
	block, err := aes.NewCipher(hash(user[40:48]))
	if err != nil {
		return nil
	}
	key := make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(key, sealed[:32])
	return key
}

// hardened is the hash of the empty password and a salt (algorithm 2.B).
func hardened(salt []byte) []byte {
	sum := sha256.Sum256(salt)
	key := sum[:]
	for round := 0; ; round++ {
		block, err := aes.NewCipher(key[:16])
		if err != nil {
			return nil
		}
		out := bytes.Repeat(key, 64)
		cipher.NewCBCEncrypter(block, key[16:32]).CryptBlocks(out, out)
		rest := 0
		for _, c := range out[:16] {
			rest += int(c)
		}
		switch rest % 3 {
		case 0:
			s := sha256.Sum256(out)
			key = s[:]
		case 1:
			s := sha512.Sum384(out)
			key = s[:]
		default:
			s := sha512.Sum512(out)
			key = s[:]
		}
		if round >= 63 && int(out[len(out)-1]) <= round-32 {
			return key[:32]
		}
	}
}

// text decrypts a string of an object.
func (c *crypt) text(s octets, o *object) octets { return octets(c.open(c.strings, []byte(s), o)) }

// data decrypts the data of a stream.
func (c *crypt) data(data []byte, o *object) []byte { return c.open(c.streams, data, o) }

func (c *crypt) open(kind cipherKind, data []byte, o *object) []byte {
	key := c.key
	switch kind {
	case noCipher:
		return data
	case useRC4, useAES128: // each object has a key of its own (algorithm 1)
		all := append(bytes.Clone(key), byte(o.num), byte(o.num>>8), byte(o.num>>16), byte(o.gen), byte(o.gen>>8))
		if kind == useAES128 {
			all = append(all, "sAlT"...)
		}
		sum := md5.Sum(all) //nolint:gosec // what the format asks for
		key = sum[:min(len(c.key)+5, 16)]
	case useAES256:
	}
	if kind == useRC4 {
		return unRC4(key, data)
	}
	return unAES(key, data)
}

func unRC4(key, data []byte) []byte {
	c, err := rc4.NewCipher(key) //nolint:gosec // what the format asks for
	if err != nil {
		return nil
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}

// unAES decrypts CBC with the vector before the data and the padding of PKCS #7
// after them.
func unAES(key, data []byte) []byte {
	data = data[:len(data)/aes.BlockSize*aes.BlockSize]
	block, err := aes.NewCipher(key)
	if err != nil || len(data) < 2*aes.BlockSize {
		return nil
	}
	out := make([]byte, len(data)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, data[:aes.BlockSize]).CryptBlocks(out, data[aes.BlockSize:])
	if n := int(out[len(out)-1]); n <= aes.BlockSize {
		out = out[:len(out)-n]
	}
	return out
}

// plain tells whether a stream is not encrypted in an encrypted file.
func (f *file) plain(s *stream) bool {
	o := &f.objects[s.id]
	if o.kind == "XRef" || o.kind == "Metadata" && !f.crypt.metadata {
		return true
	}
	for i, n := range f.list(s.dict, "Filter", "F") {
		if params := f.list(s.dict, "DecodeParms", "DP"); f.name(n) == "Crypt" {
			return i >= len(params) || f.name(f.dict(params[i]).get("Name")) != "StdCF"
		}
	}
	return false
}
