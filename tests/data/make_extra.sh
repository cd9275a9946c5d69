#!/bin/bash
# make_extra.sh - the certificates and CRLs that corpus/ lacks, made once with the
# openssl command line and committed; tests never run this. Keys are those of corpus/
# or thrown away. Validity is that of the corpus, 2025 to 2045.
#
#   usage: make_extra.sh          (writes extra/ beside itself)
set -euo pipefail
cd "$(dirname "$0")"
export LC_ALL=C TZ=UTC
rm -rf extra
mkdir -p extra
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/db"
S='/C=US/O=Postern Extra/CN='

key() { # name algorithm
  case $2 in
    rsa*) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:${2#rsa} -out "$tmp/$1.key";;
    *) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$2 -out "$tmp/$1.key";;
  esac 2>/dev/null
}

# issue NAME SUBJECT CA.pem CA.key EXTENSIONS [NOT-BEFORE NOT-AFTER]; CA "-" is itself
issue() {
  local name=$1 subject=$2 ca=$3 cakey=$4 sign
  : >"$tmp/db/index.txt"
  openssl rand -hex 8 | sed 's/^./4/' >"$tmp/db/serial"
  { printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/db/index.txt\nserial=%s/db/serial\n' "$tmp" "$tmp"
    printf 'new_certs_dir=%s\ndefault_md=%s\npolicy=p\nunique_subject=no\n' "$tmp" "${MD:-sha256}"
    printf 'x509_extensions=e\n'
    printf '[p]\ncountryName=optional\nstateOrProvinceName=optional\n'
    printf 'localityName=optional\norganizationName=optional\n'
    printf 'organizationalUnitName=optional\ncommonName=optional\n[e]\n%s\n' "$5"; } >"$tmp/cnf"
  openssl req -new -utf8 -key "$tmp/$name.key" -subj "$subject" -out "$tmp/csr"
  if [ "$ca" = - ]; then sign="-selfsign -keyfile $tmp/$name.key"; else sign="-cert $ca -keyfile $cakey"; fi
  openssl ca -batch -notext -config "$tmp/cnf" $sign -startdate "${6:-20250101000000Z}" \
    -enddate "${7:-20450101000000Z}" -in "$tmp/csr" -out "extra/$name.pem" 2>"$tmp/log" || { cat "$tmp/log"; exit 1; }
  openssl x509 -in "extra/$name.pem" -outform DER -out "extra/$name.der"
}

CA='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash'
LEAF='basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=clientAuth
subjectKeyIdentifier=hash'
A="corpus/ca/ca-a.pem corpus/keys/ca-a.key"
B="corpus/ca/ca-b.pem corpus/keys/ca-b.key"
INT="corpus/ca/ca-a-int.pem corpus/keys/ca-a-int.key"

hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
der_length() { if (($1 < 128)); then printf '%02x' $1; elif (($1 < 256)); then printf '81%02x' $1; else printf '82%04x' $1; fi; }
tlv() { printf '%s%s%s' "$1" "$(der_length $((${#2} / 2)))" "$2"; }
str() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }
name_of() { # the subject Name of a CA, as hex
  local off
  off=$(openssl asn1parse -in "$1" | awk -F: '$2 ~ /d=2/ && /SEQUENCE/ {c++; if (c == 4) {gsub(/ /, "", $1); print $1; exit}}')
  openssl asn1parse -in "$1" -strparse "$off" -noout -out "$tmp/name" >/dev/null
  hex "$tmp/name"
}
ski_of() { openssl x509 -in "$1" -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :' | tr A-F a-f; }

# --- leaves whose authority key identifier names somebody else
ski_a=$(ski_of corpus/ca/ca-a.pem)
key aki-other P-256
issue aki-other "${S}key id of another CA" $B "$LEAF
2.5.29.35=DER:$(tlv 30 "$(tlv 80 "$ski_a")")"
key aki-serial P-256
issue aki-serial "${S}serial of another CA" $A "$LEAF
2.5.29.35=DER:$(tlv 30 "$(tlv a1 "$(tlv a4 "$(name_of corpus/ca/ca-a.pem)")")$(tlv 82 0102)")"
key aki-issuer P-256
issue aki-issuer "${S}issuer of another CA" $A "$LEAF
2.5.29.35=DER:$(tlv 30 "$(tlv 80 "$ski_a")$(tlv a1 "$(tlv a4 "$(name_of corpus/ca/ca-b.pem)")")")"

# --- a leaf of many names, so many that lists of them need memory of their own
key many-names P-256
issue many-names "${S}many names" $A "$LEAF
subjectAltName=$(seq -s , -f 'DNS:n%g.example' 700)"

# --- leaves that are none, or weak
key leaf-ca P-256;   issue leaf-ca "${S}a CA as client" $A "$CA"
key leaf-ca-only P-256; issue leaf-ca-only "${S}a CA without key usage" $A 'basicConstraints=critical,CA:TRUE'
key leaf-sign P-256; issue leaf-sign "${S}may sign certificates" $A 'keyUsage=critical,digitalSignature,keyCertSign'
key leaf-p192 prime192v1; issue leaf-p192 "${S}P-192" $A "$LEAF"
key leaf-v1 P-256
openssl req -new -key "$tmp/leaf-v1.key" -subj "${S}version 1" -out "$tmp/csr"
openssl x509 -req -in "$tmp/csr" -CA corpus/ca/ca-a.pem -CAkey corpus/keys/ca-a.key -set_serial 0x4711 -days 6500 -out extra/leaf-v1.pem 2>/dev/null
openssl x509 -in extra/leaf-v1.pem -outform DER -out extra/leaf-v1.der

# --- CAs that are refused when they are loaded
key ca-rsa1024 rsa1024; issue ca-rsa1024 "${S}RSA 1024 CA" - - "$CA"
key ca-nosign P-256;    issue ca-nosign "${S}CA that may not sign" - - 'basicConstraints=critical,CA:TRUE
keyUsage=critical,cRLSign'
key ca-server P-256;    issue ca-server "${S}CA for servers" - - "$CA
extendedKeyUsage=serverAuth"
key ca-critical P-256;  issue ca-critical "${S}CA with a surprise" - - "$CA
1.3.6.1.4.1.55555.1.1=critical,ASN1:UTF8String:surprise"
key ca-v1 P-256
openssl req -x509 -new -key "$tmp/ca-v1.key" -subj "${S}version 1 CA" -days 6500 -config /dev/null -out extra/ca-v1.pem 2>/dev/null
openssl x509 -in extra/ca-v1.pem -outform DER -out extra/ca-v1.der
key ca-nocrl P-256;     issue ca-nocrl "${S}CA that may not sign CRLs" - - 'basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
subjectKeyIdentifier=hash'

# --- the same CA (name and key) with other dates, and with a path length
cp corpus/keys/ca-a.key "$tmp/ca-a-old.key"
issue ca-a-old '/C=US/ST=Texas/L=Austin/O=Access Testing/OU=TX/CN=Access Testing CA' - - "$CA" 20150101000000Z 20200101000000Z

cp corpus/keys/ca-a.key "$tmp/ca-a-other.key"
issue ca-a-other '/C=US/ST=Texas/L=Austin/O=Access Testing/OU=TX/CN=Access Testing CA' - - "$CA" 20240101000000Z 20460101000000Z
# --- the same key under another name
cp corpus/keys/ca-a.key "$tmp/ca-a-alias.key"
issue ca-a-alias "${S}same key, other name" - - "$CA"
# --- a root that signed itself with SHA-1: nothing rests on that
key ca-sha1 P-256
MD=sha1 issue ca-sha1 "${S}SHA-1 root" - - "$CA"
key by-sha1 P-256; issue by-sha1 "${S}issued by a SHA-1 root" extra/ca-sha1.pem "$tmp/ca-sha1.key" "$LEAF"
# --- an intermediate for any use
key int-any P-256; issue int-any "${S}intermediate for any use" $A "$CA
extendedKeyUsage=anyExtendedKeyUsage"
key by-int-any P-256; issue by-int-any "${S}issuer for any use" extra/int-any.pem "$tmp/int-any.key" "$LEAF"

# --- an intermediate that may not sign CRLs, and a leaf of it
key int-nocrl P-256; issue int-nocrl "${S}intermediate without cRLSign" $A 'basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
subjectKeyIdentifier=hash'
key by-int-nocrl P-256; issue by-int-nocrl "${S}issuer without cRLSign" extra/int-nocrl.pem "$tmp/int-nocrl.key" "$LEAF"
# --- an intermediate that begins after its leaf and ends before it
key int-short P-256; issue int-short "${S}intermediate for a while" $A "$CA" 20260601000000Z 20300101000000Z
key by-int-short P-256; issue by-int-short "${S}issuer for a while" extra/int-short.pem "$tmp/int-short.key" "$LEAF"
# --- a self-issued intermediate below one of path length 0
key int-self P-256; issue int-self '/C=US/O=Access Testing/CN=Access Testing Intermediate' $INT "$CA"
key by-int-self P-256; issue by-int-self "${S}issuer is self-issued" extra/int-self.pem "$tmp/int-self.key" "$LEAF"

# --- CRLs, by hand: crl NAME CA KEY VERSION NEXT ENTRIES EXTENSIONS [DIGEST]
utc() { tlv 17 "$(str "$1")"; }
crl() {
  local alg=300a06082a8648ce3d040302 md=sha256 tbs
  if [ "${8:-}" = sha1 ]; then alg=300906072a8648ce3d0401 md=sha1; fi
  tbs=$4$alg$(name_of "$2")$(utc 250101000000Z)
  [ -z "$5" ] || tbs+=$(utc "$5")
  [ -z "$6" ] || tbs+=$(tlv 30 "$6")
  [ -z "$7" ] || tbs+=$(tlv a0 "$(tlv 30 "$7")")
  printf '%s' "$(tlv 30 "$tbs")" | xxd -r -p >"$tmp/tbs"
  openssl dgst -$md -sign "$3" -out "$tmp/sig" "$tmp/tbs"
  printf '%s' "$(tlv 30 "$(hex "$tmp/tbs")$alg$(tlv 03 "00$(hex "$tmp/sig")")")" | xxd -r -p >"$tmp/crl"
  openssl crl -inform DER -in "$tmp/crl" -out "extra/$1.pem" 2>/dev/null ||
    { echo '-----BEGIN X509 CRL-----'; openssl base64 -in "$tmp/crl"; echo '-----END X509 CRL-----'; } >"extra/$1.pem"
}
entry() { tlv 30 "$(tlv 02 "$1")$(utc 250601000000Z)${2:+$(tlv 30 "$2")}"; } # serial extensions
ext() { tlv 30 "0603551d$1${3:-}$(tlv 04 "$2")"; }                             # arc value [critical]
V2=020101 NEXT=450101000000Z CRIT=0101ff
NUMBER=$(ext 14 020101)
crl crl-a-no-next        $A $V2 '' "$(entry 01)" "$NUMBER"
crl crl-a-delta          $A $V2 $NEXT "$(entry 01)" "$NUMBER$(ext 1b 020100 $CRIT)"
crl crl-a-delta-plain    $A $V2 $NEXT "$(entry 01)" "$NUMBER$(ext 1b 020100)"
crl crl-a-indirect       $A $V2 $NEXT "$(entry 01)" "$NUMBER$(ext 1c "$(tlv 30 8401ff)" $CRIT)"
crl crl-a-user-only      $A $V2 $NEXT "$(entry 01)" "$NUMBER$(ext 1c "$(tlv 30 8101ff)" $CRIT)"
crl crl-a-partition      $A $V2 $NEXT "$(entry 01)" "$NUMBER$(ext 1c "$(tlv 30 "$(tlv a0 "$(tlv a0 "$(tlv 86 "$(str http://x.example/1.crl)")")")")" $CRIT)"
crl crl-a-plain-idp      $A $V2 $NEXT "$(entry 01)" "$NUMBER$(ext 1c 3000 $CRIT)"
crl crl-a-entry-issuer   $A $V2 $NEXT "$(entry 01 "$(ext 1d "$(tlv 30 "$(tlv a4 "$(name_of corpus/ca/ca-b.pem)")")" $CRIT)")" "$NUMBER"
crl crl-a-remove         $A $V2 $NEXT "$(entry 01 "$(ext 15 0a0108)")" "$NUMBER"
crl crl-a-entry-critical $A $V2 $NEXT "$(entry 01 "$(ext 63 0500 $CRIT)")" "$NUMBER"
crl crl-a-critical       $A $V2 $NEXT "$(entry 01)" "$NUMBER$(ext 63 0500 $CRIT)"
crl crl-a-duplicate      $A $V2 $NEXT "$(entry 01)" "$NUMBER$NUMBER"
crl crl-a-sha1           $A $V2 $NEXT "$(entry 01)" "$NUMBER" sha1
crl crl-a-v1             $A '' $NEXT "$(entry 01)" ''
crl crl-a-v1-extension   $A '' $NEXT "$(entry 01)" "$NUMBER"
crl crl-a-v1-entry       $A '' $NEXT "$(entry 01 "$(ext 15 0a0101)")" ''
crl crl-nocrl            extra/ca-nocrl.pem "$tmp/ca-nocrl.key" $V2 $NEXT "$(entry 01)" "$NUMBER"
crl crl-int-nocrl        extra/int-nocrl.pem "$tmp/int-nocrl.key" $V2 $NEXT "$(entry 01)" "$NUMBER"
crl crl-a-alias          extra/ca-a-alias.pem corpus/keys/ca-a.key $V2 $NEXT "$(entry 01)" "$NUMBER"
# 1500 entries, among them ok-p256 of the corpus
ok=$(openssl x509 -in corpus/certs/ok-p256.pem -noout -serial | sed 's/serial=//' | tr A-F a-f)
many=
for ((i = 1500; i > 0; i--)); do many+=$(printf '30190208%016x170d3235303630313030303030305a' $((i * 7919 + 0x100000000000000))); [ $i != 700 ] || many+=$(entry "$ok"); done
crl crl-a-many           $A $V2 $NEXT "$many" "$NUMBER"
# --- an intermediate with an RSA key, a leaf of it, and the CRL that revokes the leaf
key int-rsa rsa2048; issue int-rsa "${S}intermediate with an RSA key" $A "$CA"
key by-int-rsa P-256; issue by-int-rsa "${S}revoked by an RSA key" extra/int-rsa.pem "$tmp/int-rsa.key" "$LEAF"
echo 01 >"$tmp/db/crlnumber"
printf '[d]\ncrlnumber=%s/db/crlnumber\ncrl_extensions=c\n[c]\nauthorityKeyIdentifier=keyid\n' \
  "$tmp" >>"$tmp/cnf"
by_rsa="-config $tmp/cnf -cert extra/int-rsa.pem -keyfile $tmp/int-rsa.key"
openssl ca $by_rsa -revoke extra/by-int-rsa.pem 2>/dev/null
openssl ca $by_rsa -gencrl -crl_lastupdate 20250101000000Z -crl_nextupdate 20450101000000Z \
  -out extra/crl-int-rsa.pem 2>/dev/null
rm -f extra/*.srl
ls extra | wc -l
