#!/bin/sh
# pki.sh make DIR         - makes a throw-away PKI in DIR with the openssl command
# pki.sh revoke DIR NAME  - revokes a certificate of it and renews its issuer's CRL
# pki.sh renew DIR NAME SECONDS - makes the CRL of an authority anew, to end so soon
#
# NAME.pem and NAME.key each (P-256, valid for a week where not said otherwise):
#
#   server         self-signed, for the hosts below; also what clients trust
#   ca, other      two authorities; ca.crl, other.crl
#   intermediate   an authority under ca; intermediate.crl
#   good, second   clients of ca
#   chained        a client of intermediate; chained.pem holds the leaf alone
#   stranger       a client of other
#   revoked        on ca.crl
#   expired, early of ca; ended in 2021, begins in 2045
#   wrong-purpose  of ca, but for servers (extended key usage)
#   self-signed    by nobody else
set -eu

week=604800
hosts='service mtls rules access www'

key() { # NAME
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
}

# What `openssl ca` wants to know.
configuration() {
  cat <<'CONFIGURATION'
[ca]
default_ca = authority
[authority]
new_certs_dir = issued
database = $ENV::AUTHORITY.db
certificate = $ENV::AUTHORITY.pem
private_key = $ENV::AUTHORITY.key
rand_serial = yes
crlnumber = $ENV::AUTHORITY.crlnumber
default_md = sha256
default_days = 7
policy = anything
unique_subject = no
[anything]
commonName = supplied
[req]
distinguished_name = name
[name]
[anchor]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[purpose]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $ENV::SERVER_NAMES
[self]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
CONFIGURATION
}

self_sign() { # NAME EXTENSIONS
  key "$1"
  openssl req -config pki.cnf -new -x509 -key "$1.key" -subj "/CN=$1" -days 7 -sha256 \
    -extensions "$2" -out "$1.pem"
}

sign() { # NAME AUTHORITY EXTENSIONS [START END]
  name=$1 extensions=$3
  export AUTHORITY="$2"
  shift 3
  key "$name"
  openssl req -config pki.cnf -new -key "$name.key" -subj "/CN=$name" -out "$name.csr"
  openssl ca -config pki.cnf -batch -notext -in "$name.csr" -out "$name.pem" \
    -extensions "$extensions" ${1:+-startdate "$1" -enddate "$2"}
  rm "$name.csr"
  echo "$AUTHORITY" >"$name.issuer"
}

start_authority() { # NAME
  : >"$1.db"
  echo 01 >"$1.crlnumber"
}

renew() { # AUTHORITY SECONDS
  export AUTHORITY="$1"
  openssl ca -config pki.cnf -gencrl -crlsec "$2" -out "$1.crl.new"
  mv "$1.crl.new" "$1.crl"
}

revoke() { # NAME
  AUTHORITY=$(cat "$1.issuer")
  export AUTHORITY
  openssl ca -config pki.cnf -revoke "$1.pem"
  renew "$AUTHORITY" $week
}

make() {
  mkdir -p issued
  configuration >pki.cnf
  self_sign server server
  for authority in ca other; do
    self_sign "$authority" anchor
    start_authority "$authority"
  done
  start_authority intermediate
  sign intermediate ca intermediate
  sign good ca client
  sign second ca client
  sign chained intermediate client
  sign stranger other client
  sign revoked ca client
  sign expired ca client 20200101000000Z 20210101000000Z
  sign early ca client 20450101000000Z 20460101000000Z
  sign wrong-purpose ca purpose
  self_sign self-signed self
  revoke revoked
  renew other $week
  renew intermediate $week
}

usage() {
  echo "usage: pki.sh make DIR | revoke DIR NAME | renew DIR NAME SECONDS" >&2
  exit 2
}

case ${1-}/$# in
make/2 | revoke/3 | renew/4) ;;
*) usage ;;
esac
command=$1
mkdir -p "$2"
cd "$2"
shift 2
names=
for host in $hosts; do names="$names${names:+,}DNS:$host.example.com"; done
export SERVER_NAMES="$names" AUTHORITY=ca

# openssl talks a lot; what it said matters when it fails.
exec 3>&2 >openssl.log 2>&1
trap 'test -n "$done" || cat openssl.log >&3' EXIT
done=
"$command" "$@"
done=yes
